import { chmod, mkdir, mkdtemp, readFile, rm, stat, symlink } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test as plain } from 'vitest'
import { behaviours } from '../../testing/behaviours.ts'
import { dockerCli, whyNoDocker } from '../../testing/docker.ts'
import { givenDockerBackend } from '../../testing/given-docker-backend.ts'
import { heldAgainst } from '../../testing/held-against.ts'
import { collect, until } from '../conformance.ts'
import { containerName } from './names.ts'

const never = new AbortController().signal
const whyNot = whyNoDocker()
const test = plain.skipIf(whyNot !== undefined)

heldAgainst('docker', (behaviour) => givenDockerBackend(behaviours[behaviour]), whyNot)

/** Runs a script in a container to its end, and answers the lines it printed. */
async function linesOf(script: string, options?: Parameters<typeof givenDockerBackend>[1]) {
  const given = await givenDockerBackend(script, options)
  const { backend } = given
  const handle = await backend.start(given.spec(), never)
  await until(async () => (await backend.inspect(handle, never)) === 'absent')
  const lines = await collect(backend.logs?.(handle, { tailLines: 100 }, never) ?? none())
  await backend.stop(handle, never)
  return lines
}

test('LC-45 a workload has no rights, a root it can not write, and no way to Docker or the machine', async () => {
  const lines = await linesOf(`
    id -u
    grep -E '^(CapPrm|CapEff|CapBnd|NoNewPrivs):' /proc/self/status
    touch /usr/x 2>/dev/null || echo root is read-only
    touch /tmp/x && echo scratch can be written
    cp /bin/true /tmp/t; chmod +x /tmp/t; /tmp/t 2>/dev/null || echo scratch runs nothing
    find / -xdev -name 'docker.sock' 2>/dev/null
    ulimit -c
    ls /proc | grep -c '^[0-9]'`)

  expect(lines.map((line) => line.replaceAll('\t', ' '))).toEqual([
    '1000',
    'CapPrm: 0000000000000000',
    'CapEff: 0000000000000000',
    'CapBnd: 0000000000000000',
    'NoNewPrivs: 1',
    'root is read-only',
    'scratch can be written',
    'scratch runs nothing',
    '0',
    expect.stringMatching(/^[1-6]$/),
  ])
})

test.each([
  [1, true, 128],
  [2, false, 128],
  [4, false, 512],
])(
  'LC-45 tier %i is not privileged: it only gets another measure',
  async (tier, isReadonly, memoryMb) => {
    const limitsOf = (of: number) => ({ memoryMb: of === 4 ? 512 : 128, cpuShares: 512 })
    const { backend, spec, engine } = await givenDockerBackend(behaviours.waits, { limitsOf })

    const handle = await backend.start({ ...spec(), tier }, never)

    const [found] = JSON.parse(dockerCli(engine, 'inspect', containerName(handle)))
    expect(found.HostConfig).toMatchObject({
      Privileged: false,
      PidMode: '',
      IpcMode: 'private',
      CapDrop: ['ALL'],
      CapAdd: null,
      SecurityOpt: ['no-new-privileges'],
      ReadonlyRootfs: isReadonly,
      Memory: memoryMb * 1024 * 1024,
      NanoCpus: 500_000_000,
      PidsLimit: 512,
      Binds: null,
      PortBindings: {},
    })
    expect(found.HostConfig.NetworkMode).not.toBe('host')
    expect(found.Mounts.map((mount: { Type: string }) => mount.Type)).toEqual(['volume'])
  },
)

test('LC-51 the boot credential is a file of its user alone, and nowhere else to be read', async () => {
  const { backend, spec, engine, homeOf } = await givenDockerBackend(behaviours.waits)

  const handle = await backend.start(spec(), never)

  const file = join(homeOf(handle), 'run/1/boot.json')
  const { mode, uid } = await stat(file)
  expect({ mode: mode & 0o777, uid }).toEqual({ mode: 0o600, uid: 1000 })
  expect((await stat(join(homeOf(handle), 'run/1'))).mode & 0o777).toBe(0o700)
  expect(JSON.parse(await readFile(file, 'utf8'))).toMatchObject({ credential: 'boot-secret' })
  expect(dockerCli(engine, 'inspect', containerName(handle))).not.toContain('boot-secret')
  expect(JSON.stringify(handle)).not.toContain('boot-secret')
})

test('a second start renews the credential of a host that has not enrolled yet, and only of such a one', async () => {
  const { backend, spec, homeOf } = await givenDockerBackend(behaviours.waits)
  const wanted = spec()
  const handle = await backend.start(wanted, never)
  const file = join(homeOf(handle), 'run/1/boot.json')

  await backend.start({ ...wanted, boot: { ...wanted.boot, credential: 'newer' } }, never)

  expect(JSON.parse(await readFile(file, 'utf8'))).toMatchObject({ credential: 'newer' })
  await rm(file)
  await backend.start(wanted, never)
  await expect(stat(file)).rejects.toThrow('ENOENT')
})

test('LC-42 the handle names the image by its digest', async () => {
  const { backend, spec, engine } = await givenDockerBackend(behaviours.waits)

  const handle = await backend.start(spec(), never)

  expect(handle.image).toBe(
    dockerCli(engine, 'image', 'inspect', '-f', '{{.Id}}', 'molecule-agent:test'),
  )
})

test('LC-61 a container of the same name that is not ours is neither used nor touched', async () => {
  const { backend, spec, engine } = await givenDockerBackend(behaviours.waits)
  const wanted = spec()
  const handle = { backend: backend.id, ...wanted }
  const foreign = ['run', '-d', '--network', 'none', '--name', containerName(wanted)]
  dockerCli(engine, ...foreign, '--entrypoint', 'sleep', 'molecule-agent:test', '300')
  onTestFinished(() => void dockerCli(engine, 'rm', '-f', containerName(wanted)))

  await expect(backend.start(wanted, never)).rejects.toThrow('lacks the labels')
  await expect(backend.stop(handle, never)).rejects.toThrow('lacks the labels')

  expect(await backend.inspect(handle, never)).toBe('unknown')
  const running = dockerCli(engine, 'inspect', '-f', '{{.State.Running}}', containerName(wanted))
  expect(running).toBe('true')
})

test('an image that can not be had is a start that failed, and says what to do', async () => {
  const { backend, spec } = await givenDockerBackend(behaviours.waits, {
    images: { any: 'localhost:1/none:1', byRuntime: {} },
  })

  const started = backend.start(spec(), never)

  await expect(started).rejects.toThrow(/no image localhost:1\/none:1, .*npm run image/)
  expect(await backend.check?.(never)).toMatchObject({
    ok: true,
    detail: expect.stringMatching('not here yet: localhost:1/none:1'),
  })
})

test('a folder of the machine is mounted where it lies; one that shows a secret is refused', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'docker-folder-'))
  onTestFinished(() => rm(folder, { recursive: true }))
  const { backend, spec, dataDir, engine } = await givenDockerBackend(`ls ${folder}`)
  await chmod(folder, 0o755)
  await mkdir(join(folder, 'notes'))
  await symlink(dataDir, join(folder, 'link'))
  const startIn = (workspaceDir: string) => backend.start({ ...spec(), workspaceDir }, never)

  const handle = await startIn(folder)

  await until(async () => (await backend.inspect(handle, never)) === 'absent')
  const lines = await collect(backend.logs?.(handle, { tailLines: 9 }, never) ?? none())
  expect(lines).toEqual(['link', 'notes'])
  for (const shown of ['/', dataDir, join(folder, 'link'), join(engine.socketPath, '..')])
    await expect(startIn(shown)).rejects.toThrow('would show the agent')
  await expect(startIn(join(folder, 'none'))).rejects.toThrow('does not exist')
})

test('LC-66 every tier has the same places to write, whatever else it may', async () => {
  const { backend, spec, engine } = await givenDockerBackend(behaviours.waits)
  const mountsOf = async (tier: number) => {
    const wanted = { ...spec(), tier }
    await backend.start(wanted, never)
    const told = dockerCli(engine, 'inspect', '-f', '{{json .Mounts}}', containerName(wanted))
    return (JSON.parse(told) as { Destination: string; RW: boolean }[])
      .map(({ Destination, RW }) => `${Destination} ${RW}`.replaceAll(wanted.workspaceId, '<id>'))
      .sort()
  }

  const mounts = [await mountsOf(1), await mountsOf(2), await mountsOf(3), await mountsOf(4)]

  expect(mounts[0]?.length).toBeGreaterThan(0)
  for (const other of mounts) expect(other).toEqual(mounts[0])
})

test('a workload that wants more memory than its tier has is ended by the kernel', async () => {
  const { backend, spec } = await givenDockerBackend(
    'exec /opt/molecule/bin/node -e "const all = []; for (;;) all.push(Buffer.alloc(1e7, 1))"',
    { limitsOf: () => ({ memoryMb: 96, cpuShares: 1024 }) },
  )

  const handle = await backend.start(spec(), never)

  await until(async () => (await backend.inspect(handle, never)) === 'absent')
  await backend.stop(handle, never)
})

test.each([
  ['the network of the machine, where asked for', { network: 'host' }, 'host'],
  [
    'a network of its own, and the address that the operator gave',
    { isReachable: true },
    undefined,
  ],
])('a host has %s', async (_, options, mode) => {
  const serverUrl = () => 'http://server.example:8080'
  const { backend, spec, engine, homeOf } = await givenDockerBackend(behaviours.waits, {
    ...options,
    serverUrl,
  })

  const handle = await backend.start(spec(), never)

  const boot = JSON.parse(await readFile(join(homeOf(handle), 'run/1/boot.json'), 'utf8'))
  expect(boot.url).toBe(serverUrl())
  const network = ['inspect', '-f', '{{.HostConfig.NetworkMode}}', containerName(handle)]
  expect(dockerCli(engine, ...network)).toEqual(mode ?? expect.stringMatching(/^[0-9a-f]{64}$/))
})

test('a network that is not there is a start that failed', async () => {
  const { backend, spec } = await givenDockerBackend(behaviours.waits, { network: 'none-such' })

  const started = backend.start(spec(), never)

  await expect(started).rejects.toThrow('no network "none-such", which MOLECULE_DOCKER_NETWORK')
})

test('containers reach a server on the loopback address, also one that came after a restart', async () => {
  const server = createServer((_, response) => response.end('hello from the server'))
  const listening = Promise.withResolvers<void>()
  server.listen(0, '127.0.0.1', listening.resolve)
  await listening.promise
  onTestFinished(() => void server.close())
  const serverUrl = () => `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const asking = `cat >"$1/ask.mjs" <<'END'
    import { readFileSync } from 'node:fs'
    const { url } = JSON.parse(readFileSync(process.argv[2] + '/boot.json'))
    for (let n = 0; n < 200; n++) {
      const said = await fetch(url).then((r) => r.text(), (e) => String(e.cause ?? e))
      console.log(said)
      await new Promise((done) => setTimeout(done, 50))
    }
END
    exec /opt/molecule/bin/node "$1/ask.mjs" "$1"`
  const { backend, anew, spec } = await givenDockerBackend(asking, { serverUrl })
  const handle = await backend.start(spec(), never)
  const heard = async () => collect(backend.logs?.(handle, { tailLines: 3 }, never) ?? none())
  await until(async () => (await heard()).includes('hello from the server'))

  await backend.close?.()
  await until(async () => (await heard()).every((line) => line.includes('ECONNREFUSED')))
  await anew().inspect(handle, never)

  await until(async () => (await heard()).every((line) => line === 'hello from the server'))
  await backend.stop(handle, never)
})

async function* none() {}
