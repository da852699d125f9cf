import { appendFile, mkdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { listOrphans } from '../../domain/resource/orphan-store.ts'
import { ORPHAN_GRACE_MS, orphanSweeper } from '../../reconcile/orphan-sweeper.ts'
import { behaviours } from '../../testing/behaviours.ts'
import { fakeClock } from '../../testing/fake-clock.ts'
import { quietLog } from '../../testing/given-controller.ts'
import { givenProcessBackend } from '../../testing/given-process-backend.ts'
import { testDb } from '../../testing/test-db.ts'
import { collect, until } from '../conformance.ts'
import { runFolder } from './folders.ts'

const never = new AbortController().signal

test('a start after a crash between launch and record finds the launched one', async () => {
  const { backend, anew, spec, aliveCount, dataDir } = await givenProcessBackend(behaviours.waits)
  const wanted = spec()
  const handle = await backend.start(wanted, never)
  await until(async () => (await aliveCount(handle)) === 1)
  const folder = runFolder(dataDir, handle)
  await until(async () => (await readFile(folder.process, 'utf8').catch(() => '')) !== '')
  await rm(folder.claim)
  await rm(folder.process)

  await anew().start(wanted, never)

  expect(await anew().inspect(handle, never)).toBe('running')
  expect(await aliveCount(handle)).toBe(1)
})

test('the end of a host is written down with its exit code', async () => {
  const { backend, spec, dataDir } = await givenProcessBackend(behaviours['ends at once'])

  const handle = await backend.start(spec(), never)

  await until(async () => (await backend.inspect(handle, never)) === 'absent')
  // A shell makes the file before it writes to it.
  const written = () => readFile(runFolder(dataDir, handle).exit, 'utf8').catch(() => '')
  await until(async () => (await written()) !== '')
  expect(await written()).toBe('3\n')
})

test('RD-59: a workload sees a fixed list of variables and none of the server’s secrets', async () => {
  const { backend, spec, dataDir } = await givenProcessBackend('env >"$1/env"', {
    env: {
      PATH: '/usr/bin:/bin',
      HOME: '/home/somebody',
      LANG: 'C.UTF-8',
      ADMIN_TOKEN: 'admin-secret',
      DATABASE_URL: 'postgres://secret',
      NODE_EXTRA_CA_CERTS: '/ca.pem',
      NODE_OPTIONS: '--inspect',
    },
  })
  const wanted = spec()

  const handle = await backend.start(wanted, never)

  const path = join(runFolder(dataDir, handle).run, 'env')
  await until(async () => (await readFile(path, 'utf8').catch(() => '')).includes('PATH'))
  const entries = (await readFile(path, 'utf8')).trim().split('\n')
  const own = entries.filter((entry) => !/^(PWD|OLDPWD|SHLVL|_)=/.test(entry))
  expect(own.toSorted()).toEqual([
    'HOME=/home/somebody',
    'LANG=C.UTF-8',
    'MOLECULE_NODE=node-1',
    `MOLECULE_RUN=${wanted.owner.installId}/${wanted.workspaceId}/1`,
    `NODE_COMPILE_CACHE=${dataDir}/cache`,
    'PATH=/usr/bin:/bin',
  ])
})

test('the credential travels in a file that only its owner reads, and nowhere else', async () => {
  const { backend, spec, dataDir } = await givenProcessBackend(behaviours.waits)

  const handle = await backend.start(spec(), never)

  const { boot, process: record } = runFolder(dataDir, handle)
  expect(JSON.parse(await readFile(boot, 'utf8'))).toMatchObject({ credential: 'boot-secret' })
  expect((await stat(boot)).mode & 0o777).toBe(0o600)
  expect(JSON.stringify(handle)).not.toContain('secret')
  await until(async () => (await readFile(record, 'utf8').catch(() => '')) !== '')
  const [pid] = (await readFile(record, 'utf8')).split(' ')
  for (const part of ['cmdline', 'environ'])
    expect(await readFile(`/proc/${pid}/${part}`, 'utf8')).not.toContain('secret')
})

test('a second start renews the credential of a host that has not enrolled yet', async () => {
  const { backend, spec, dataDir } = await givenProcessBackend(behaviours.waits)
  const wanted = spec()
  const handle = await backend.start(wanted, never)
  const { boot } = runFolder(dataDir, handle)

  await backend.start({ ...wanted, boot: { ...wanted.boot, credential: 'newer' } }, never)

  expect(JSON.parse(await readFile(boot, 'utf8'))).toMatchObject({ credential: 'newer' })
  await rm(boot)
  await backend.start(wanted, never)
  await expect(stat(boot)).rejects.toThrow('ENOENT')
})

test('the workload has a session of its own, so Ctrl-C in the server’s terminal passes it by', async () => {
  const { backend, spec, owner } = await givenProcessBackend(behaviours.waits)

  await backend.start(spec(), never)

  const [running] = await collect(backend.list(owner, never))
  const pid = running?.processIds[0] ?? expect.fail('nothing runs')
  const session = async (of: number | 'self') =>
    (await readFile(`/proc/${of}/stat`, 'utf8')).split(') ')[1]?.split(' ')[3]
  expect(await session(pid)).not.toBe(await session('self'))
})

test('a pid that another process has got by now is neither running nor signalled', async () => {
  const { backend, spec, dataDir } = await givenProcessBackend(behaviours.waits)
  const handle = { backend: backend.id, ...spec() }
  const folder = runFolder(dataDir, handle)
  const boot = (await readFile('/proc/sys/kernel/random/boot_id', 'utf8')).trim()
  await mkdir(folder.run, { recursive: true })
  await writeFile(folder.process, `${process.pid} 1 ${boot}\n`)

  const observed = await backend.inspect(handle, never)
  await backend.stop(handle, never)

  expect(observed).toBe('absent')
})

test('a record from before the machine restarted names nothing that runs', async () => {
  const { backend, spec, aliveCount, dataDir } = await givenProcessBackend(behaviours.waits)
  const handle = await backend.start(spec(), never)
  await until(async () => (await aliveCount(handle)) === 1)
  const { process: record } = runFolder(dataDir, handle)
  await until(async () => (await readFile(record, 'utf8').catch(() => '')) !== '')
  const [pid, startTime] = (await readFile(record, 'utf8')).split(' ')

  await writeFile(record, `${pid} ${startTime} another-boot\n`)

  expect(await backend.inspect(handle, never)).toBe('absent')
})

test('a record that can not be read makes it unknown', async () => {
  const { backend, spec, dataDir } = await givenProcessBackend(behaviours.waits)
  const handle = { backend: backend.id, ...spec() }
  await mkdir(runFolder(dataDir, handle).process, { recursive: true })

  const observed = await backend.inspect(handle, never)

  expect(observed).toBe('unknown')
})

test('purge refuses while something lives, and then removes the folder of the workspace', async () => {
  const { backend, spec, aliveCount, dataDir } = await givenProcessBackend(behaviours.waits)
  const handle = await backend.start(spec(), never)
  await until(async () => (await aliveCount(handle)) === 1)

  await expect(backend.purge?.(handle, never)).rejects.toThrow('still has processes')
  await backend.stop(handle, never)
  await backend.purge?.(handle, never)

  await expect(stat(runFolder(dataDir, handle).workspace)).rejects.toThrow('ENOENT')
})

test('an id that would lead out of the data folder is refused', async () => {
  const { backend, spec } = await givenProcessBackend(behaviours.waits)
  const handle = { backend: backend.id, ...spec(), workspaceId: '../../elsewhere' }

  await expect(backend.start({ ...spec(), ...handle }, never)).rejects.toThrow(
    'can not name a folder',
  )
  await expect(backend.purge?.(handle, never)).rejects.toThrow('can not name a folder')
})

test('a followed log goes on with what is written, over a rotation, and ends with its host', async () => {
  const { backend, spec, dataDir } = await givenProcessBackend('echo one; exec sleep 300')
  const handle = await backend.start(spec(), never)
  const { log, olderLog } = runFolder(dataDir, handle)
  await until(async () => (await readFile(log, 'utf8').catch(() => '')) === 'one\n')
  const seen: string[] = []
  const following = (async () => {
    for await (const line of backend.logs?.(handle, { tailLines: 5, follow: true }, never) ?? [])
      seen.push(line)
  })()
  await until(async () => seen.length === 1)

  await appendFile(log, 'two\nthr')
  await until(async () => seen.length === 2)
  await appendFile(log, 'ee\n')
  await until(async () => seen.length === 3)
  await writeFile(olderLog, await readFile(log))
  await writeFile(log, 'four\n')
  await until(async () => seen.length === 4)
  await backend.stop(handle, never)
  await following

  // A shell may add that it was terminated.
  expect(seen.slice(0, 4)).toEqual(['one', 'two', 'three', 'four'])
})

test('the orphan sweep stops a process that no row speaks of, and all it started', async () => {
  const { backend, owner, spec, aliveCount } = await givenProcessBackend(
    behaviours['has a child that ignores TERM'],
  )
  const clock = fakeClock()
  const db = await testDb({ clock })
  const handle = await backend.start(spec(), never)
  await until(async () => (await aliveCount(handle)) === 2)
  const sweeper = orphanSweeper({
    db,
    log: quietLog,
    backends: new Map([['process', backend]]),
    enabled: ['process'],
    ...owner,
  })

  for (let elapsed = 0; elapsed <= ORPHAN_GRACE_MS; elapsed += 60_000) {
    expect(await aliveCount(handle)).toBe(2)
    await sweeper.round(never)
    await clock.advance(60_000)
  }

  expect(await aliveCount(handle)).toBe(0)
  expect(await listOrphans(db)).toEqual([])
})
