import { mkdir, readdir, readFile, readlink, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { alivePids, endOf, givenPlace, spawnHost, startHost, until } from './testing/given-host.ts'

test('cat is an echo agent, whatever the text', async () => {
  const place = await givenPlace('exec cat')
  await startHost(place)
  const text = 'zwölf Boxkämpfer 🥊\n\n  "quoted" $HOME {{text}}'

  const task = place.server.give(text)

  expect(await endOf(task)).toMatchObject({ outcome: 'completed', result: text, fence: 1 })
  expect(task.output).toBe(text)
})

test('RD-68: a host and its programs are reached by nobody: none of them listens', async () => {
  const place = await givenPlace('sleep 60')
  const { pid } = await spawnHost(place)
  const task = place.server.give('x')
  await until(() => task.state === 'started')

  const mine = new Set(await socketsOf(pid ?? 0))
  const listening = (await listeningSockets()).filter((inode) => mine.has(inode))

  expect(mine.size).toBeGreaterThan(0)
  expect(listening).toEqual([])
})

/** Inodes of the sockets that a process holds. */
async function socketsOf(pid: number): Promise<string[]> {
  const folder = `/proc/${pid}/fd`
  const links = (await readdir(folder)).map((fd) => readlink(join(folder, fd)).catch(() => ''))
  return (await Promise.all(links)).flatMap((link) => /^socket:\[(\d+)\]$/.exec(link)?.[1] ?? [])
}

/** Of all that wait for a connection; proc(5): state 0A is LISTEN. */
async function listeningSockets(): Promise<string[]> {
  const tables = ['tcp', 'tcp6'].map((name) => readFile(`/proc/net/${name}`, 'utf8'))
  const rows = (await Promise.all(tables)).flatMap((table) => table.trim().split('\n').slice(1))
  return rows
    .map((row) => row.trim().split(/\s+/))
    .flatMap((row) => (row[3] === '0A' ? (row[9] ?? []) : []))
}

test('RD-65: once a task has ended nothing is done with its work: no commit, no push', async () => {
  const place = await givenPlace('mkdir -p .git && echo done')
  const tools = join(place.home, 'tools')
  await mkdir(tools)
  const git = `#!/bin/sh\necho "$@" >> ${join(place.home, 'git-calls')}\n`
  await writeFile(join(tools, 'git'), git, { mode: 0o755 })
  const { PATH } = process.env
  process.env.PATH = `${tools}:${PATH}`
  onTestFinished(() => {
    process.env.PATH = PATH
  })
  await startHost(place)

  const end = await endOf(place.server.give('x'))
  await endOf(place.server.give('y'))

  expect(end).toMatchObject({ outcome: 'completed' })
  await expect(stat(join(place.home, 'git-calls'))).rejects.toThrow('ENOENT')
})

test('tasks follow each other, each started once', async () => {
  const place = await givenPlace('echo "$TASK_ID/$TASK_ATTEMPT" >>starts; exec cat')
  const { server, home } = place
  await startHost(place)

  const tasks = ['a', 'b', 'c', 'd', 'e'].map((text) => server.give(text))

  for (const task of tasks) expect((await endOf(task)).result).toBe(task.leased.text)
  const starts = (await readFile(join(home, 'work/starts'), 'utf8')).trim().split('\n')
  expect(starts).toEqual(tasks.map(({ leased }) => `${leased.task_id}/1`))
})

test('as many tasks run at once as the workspace allows', async () => {
  const script = 'echo x >>started; until [ -e go ]; do sleep 0.02; done; exec cat'
  const place = await givenPlace(script, { max_concurrent_tasks: 3 })
  const { server, home } = place
  await startHost(place)
  const tasks = ['a', 'b', 'c', 'd'].map((text) => server.give(text))
  const started = async () =>
    (await readFile(join(home, 'work/started'), 'utf8').catch(() => '')).length / 2

  await until(async () => (await started()) === 3)
  expect(tasks.map(({ state }) => state)).toEqual(['started', 'started', 'started', 'queued'])
  await writeFile(join(home, 'work/go'), '')

  for (const task of tasks) expect((await endOf(task)).outcome).toBe('completed')
})

test('the program finds out who it is, and nothing it should not know', async () => {
  const place = await givenPlace('env', {
    runtime_config: {
      command: 'env',
      env: { GREETING: 'hello', TASK_ID: 'forged', MOLECULE_RUN: 'forged' },
    },
  })
  const { server, home } = place
  const { hostDir } = await startHost(place)

  const task = server.give('x')

  const env = Object.fromEntries(
    ((await endOf(task)).result ?? '')
      .trim()
      .split('\n')
      .map((entry) => entry.split(/=(.*)/s).slice(0, 2)),
  )
  expect(env).toMatchObject({
    WORKSPACE_ID: server.workspaceId,
    PLATFORM_URL: server.url,
    TASK_ID: task.leased.task_id,
    TASK_ATTEMPT: '1',
    GREETING: 'hello',
    MOLECULE_TOKEN_FILE: join(hostDir, 'agent-token'),
    MOLECULE_RUN: 'install/workspace/1',
  })
  const known = ['PATH', 'HOME', 'LANG', 'TZ', 'TMPDIR', 'GREETING', 'MOLECULE_NODE']
  const others = Object.keys(env).filter((name) => !known.includes(name))
  expect(others.toSorted()).toEqual([
    'MOLECULE_CONFIG_DIR',
    'MOLECULE_RUN',
    'MOLECULE_SESSION_DIR',
    'MOLECULE_TOKEN_FILE',
    'PLATFORM_URL',
    'TASK_ATTEMPT',
    'TASK_ID',
    'WORKSPACE_CONFIG_PATH',
    'WORKSPACE_ID',
  ])
  expect(await readFile(join(hostDir, 'agent-token'), 'utf8')).toBe('agent-token')
  expect((await stat(join(hostDir, 'agent-token'))).mode & 0o777).toBe(0o600)
  await expect(stat(join(hostDir, 'boot.json'))).rejects.toThrow('ENOENT')
  await expect(stat(join(home, 'work'))).resolves.toBeTruthy()
})

test('the text and the ids can be put into arguments', async () => {
  const place = await givenPlace('', {
    runtime_config: {
      command: 'printf',
      args: ['%s|', '{{text}}', 'id={{task_id}}', '{{workspace_id}}', '{{other}}'],
    },
  })
  await startHost(place)

  const task = place.server.give('$& {{task_id}}')

  const { result } = await endOf(task)
  const { task_id } = task.leased
  expect(result).toBe(`$& {{task_id}}|id=${task_id}|${place.server.workspaceId}|{{other}}|`)
})

test('a program finds the molecule command', async () => {
  const place = await givenPlace('molecule ask "two words"')
  await startHost(place, { more: { cli: ['/bin/echo', "it's"] } })

  const task = place.server.give('x')

  expect((await endOf(task)).result).toBe("it's ask two words\n")
})

test('RD-55: a cancel reaches the whole tree, also what has its own session or ignores TERM', async () => {
  const place = await givenPlace(`
    echo $$ >>pids
    setsid sh -c 'echo $$ >>pids; exec sleep 300' &
    (trap '' TERM; sh -c 'echo $PPID >>pids'; while :; do sleep 0.05; done) &
    wait`)
  await startHost(place)
  const task = place.server.give('x')
  await until(async () => (await alivePids(place)).length === 3)

  task.cancelRequested = true

  expect(await endOf(task)).toMatchObject({ outcome: 'canceled' })
  expect(await alivePids(place)).toEqual([])
})

test('a program that exits 0 when told to cancel is canceled all the same', async () => {
  const place = await givenPlace("trap 'echo bye; exit 0' TERM; echo up; sleep 300 & wait")
  await startHost(place)
  const task = place.server.give('x')
  await until(() => task.output.includes('up'))

  task.cancelRequested = true

  expect(await endOf(task)).toMatchObject({ outcome: 'canceled' })
})

test('what a program leaves running is gone before its end is told', async () => {
  const place = await givenPlace(`
    setsid sh -c 'echo $$ >>pids; exec sleep 300' </dev/null &
    until [ -s pids ]; do sleep 0.02; done
    echo done`)
  await startHost(place)

  const task = place.server.give('x')

  expect(await endOf(task)).toMatchObject({ outcome: 'completed', result: 'done\n' })
  expect(await alivePids(place)).toEqual([])
})

test('output streams while the program runs', async () => {
  const place = await givenPlace('echo first; until [ -e go ]; do sleep 0.02; done; echo second')
  await startHost(place)

  const task = place.server.give('x')

  await until(() => task.output === 'first\n')
  expect(task.end).toBeUndefined()
})

test('CPU time of a silent program is progress, sleeping is not', async () => {
  const place = await givenPlace(
    'until [ -e go ]; do :; done; until [ -e gone ]; do sleep 1; done',
    { beat_every_ms: 260 },
  )
  const { home, server } = place
  await startHost(place)
  const task = server.give('x')
  await until(() => task.progressBeats >= 3)
  await writeFile(join(home, 'work/go'), '')
  await until(async () => {
    const before = { ...task }
    await until(() => task.beats === before.beats + 2)
    return task.progressBeats === before.progressBeats
  })

  await writeFile(join(home, 'work/gone'), '')

  expect(await endOf(task)).toMatchObject({ outcome: 'completed' })
})

test('what a program remembers is there for the next start of its session, and for no other session', async () => {
  const script = 'cat >>"$MOLECULE_SESSION_DIR/said"; cat "$MOLECULE_SESSION_DIR/said"'
  const place = await givenPlace(script, { session: 4 })
  const reset = { ...(await givenPlace(script, { session: 9 })), home: place.home }
  const said = async (at: typeof place, text: string) => {
    const host = await startHost(at)
    const { result } = await endOf(at.server.give(text))
    host.stop()
    await host.ended
    return result
  }

  await said(place, 'one ')
  const together = await said(place, 'two ')
  const anew = await said(reset, 'three ')

  expect(together).toBe('one two ')
  expect(anew).toBe('three ')
  expect(await readdir(join(place.home, 'sessions'))).toEqual(['9'])
})
