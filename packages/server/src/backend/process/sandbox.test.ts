import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test as plain } from 'vitest'
import { behaviours } from '../../testing/behaviours.ts'
import { givenProcessBackend } from '../../testing/given-process-backend.ts'
import { processesInside } from '../../testing/inside-pids.ts'
import { collect, until } from '../conformance.ts'
import { runFolder } from './folders.ts'
import { findSandbox } from './sandbox.ts'

const never = new AbortController().signal
const found = await findSandbox([])
const whyNot = 'reason' in found ? found.reason : undefined
const kept = 'sandbox' in found ? found : {}
const test = plain.skipIf(whyNot !== undefined)

/** Runs a script in a sandbox to its end, and answers the lines it printed. */
async function linesOf(
  script: string,
  { workspaceDir = null, dataDir }: { workspaceDir?: string | null; dataDir?: string } = {},
) {
  const given = await givenProcessBackend(script, dataDir ? { ...kept, dataDir } : kept)
  const { backend } = given
  const handle = await backend.start({ ...given.spec(), workspaceDir }, never)
  await until(async () => (await backend.inspect(handle, never)) === 'absent')
  const lines = await collect(backend.logs?.(handle, { tailLines: 100 }, never) ?? none())
  await backend.stop(handle, never)
  return lines
}

async function givenFolder() {
  const folder = await mkdtemp(join(tmpdir(), 'sandbox-'))
  onTestFinished(() => rm(folder, { recursive: true }))
  return folder
}

test('LC-45 an agent has no rights, sees its own processes only and can not write the system', async () => {
  const lines = await linesOf(`
    grep -E '^(CapPrm|CapEff|NoNewPrivs):' /proc/self/status
    touch /usr/x 2>/dev/null || echo system is read-only
    for secret in /etc/shadow /root /home /var/lib /run/docker.sock /sys; do
      [ -e $secret ] && echo sees $secret
    done
    ls /proc | grep -c '^[0-9]'
    ulimit -c
    echo "$HOME" | grep -o '/home$'
    echo x >"$HOME/x" && echo x >work/x && echo x >/tmp/x && echo writes its own`)

  expect(lines.map((line) => line.replaceAll('\t', ' '))).toEqual([
    'CapPrm: 0000000000000000',
    'CapEff: 0000000000000000',
    'NoNewPrivs: 1',
    'system is read-only',
    expect.stringMatching(/^[1-5]$/),
    '0',
    '/home',
    'writes its own',
  ])
})

test('an agent sees its own folder of the data folder and nothing else of it, wherever it works', async () => {
  const folder = await givenFolder()
  const dataDir = join(folder, 'data')
  await mkdir(join(dataDir, 'workspaces/other/work'), { recursive: true })
  for (const secret of ['admin-token', 'molecule.db', 'workspaces/other/work/note'])
    await writeFile(join(dataDir, secret), 'secret')
  await writeFile(join(folder, 'of-the-project'), 'seen')

  const lines = await linesOf(
    `cd ${folder} && ls; cat of-the-project; echo; echo x >made; ls ${dataDir} ${dataDir}/workspaces | grep -v :; grep -rs secret ${dataDir} | grep -v boot.json`,
    { workspaceDir: folder, dataDir },
  )

  const [own] = lines.slice(-1)
  expect(lines).toEqual(['data', 'of-the-project', 'seen', 'workspaces', '', own])
  expect(own).toMatch(/^[0-9a-f-]{36}$/)
  expect(await readFile(join(folder, 'made'), 'utf8')).toBe('x\n')
})

test('the host is asked to end, and has its grace, before the sandbox is taken down', async () => {
  const script = `trap 'echo asked; sleep 0.2; echo done; exit 0' TERM
    echo up; while :; do sleep 0.05; done`
  const { backend, spec } = await givenProcessBackend(script, { ...kept, stopGraceMs: 5_000 })
  const handle = await backend.start(spec(), never)
  const lines = async () => collect(backend.logs?.(handle, { tailLines: 9 }, never) ?? none())
  await until(async () => (await lines()).includes('up'))

  await backend.stop(handle, never)

  expect(await lines()).toEqual(expect.arrayContaining(['asked', 'done']))
})

test('a host that is stopped before it is on record has its grace too', async () => {
  const script = `trap 'echo asked; exit 0' TERM; echo up; while :; do sleep 0.05; done`
  const given = await givenProcessBackend(script, { ...kept, stopGraceMs: 5_000 })
  const { backend, dataDir } = given
  const handle = await backend.start(given.spec(), never)
  const lines = async () => collect(backend.logs?.(handle, { tailLines: 9 }, never) ?? none())
  await until(async () => (await lines()).includes('up'))
  await rm(runFolder(dataDir, handle).process, { force: true })

  await backend.stop(handle, never)

  expect(await lines()).toContain('asked')
})

test('what clears its environment does not escape a stop', async () => {
  const script = `setsid env -i sh -c 'exec sleep 303' & exec sleep 300`
  const { backend, spec } = await givenProcessBackend(script, kept)
  const handle = await backend.start(spec(), never)
  const escaped = async () => {
    const inside = await processesInside()
    const commands = inside.map(({ pid }) =>
      readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => ''),
    )
    return (await Promise.all(commands)).filter((command) => command === 'sleep\x00303\x00').length
  }
  await until(async () => (await escaped()) === 1)

  await backend.stop(handle, never)

  await until(async () => (await escaped()) === 0)
})

test('the record names the host inside, and its exit code is kept', async () => {
  const { backend, spec, dataDir } = await givenProcessBackend('sleep 0.3; exit 7', kept)

  const handle = await backend.start(spec(), never)

  const folder = runFolder(dataDir, handle)
  const content = (path: string) => readFile(path, 'utf8').catch(() => '')
  await until(async () => (await content(folder.process)) !== '')
  const pid = Number((await content(folder.process)).split(' ')[0])
  const inside = await processesInside()
  expect(inside.find((each) => each.pid === pid)?.pidInside).toBe(2)
  await until(async () => (await content(folder.exit)) === '7\n')
  expect(await backend.inspect(handle, never)).toBe('absent')
})

plain('without a sandbox the check says so, and why', async () => {
  const { backend } = await givenProcessBackend(behaviours.waits, { noSandbox: 'no bwrap' })

  const checked = await backend.check?.(never)

  expect(checked).toEqual({ ok: true, detail: 'agents run without a sandbox: no bwrap' })
})

if (whyNot !== undefined) plain.skip(`the sandbox of the process backend: ${whyNot}`, () => {})

async function* none() {}
