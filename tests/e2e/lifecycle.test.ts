import { existsSync } from 'node:fs'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import process from 'node:process'
import type { TaskStatus } from '@molecule/contract/task'
import type { WorkspaceStatus } from '@molecule/contract/workspace'
import { describe, expect, test } from 'vitest'
import { startTimeOf } from './harness/marked-processes.ts'
import { testProgram } from './harness/program-paths.ts'
import { runCli } from './harness/run-cli.ts'
import { sharedInstallation } from './harness/shared-installation.ts'
import { until } from './harness/until.ts'
import { promise } from './requirements.ts'

const patienceMs = 120_000
const theInstallation = sharedInstallation({ env: { DELEGATION_SWEEPER_INTERVAL_S: '1' } })

type Agent = { parent?: string; env?: Record<string, string> }

/** A workspace whose program is a shell script, online. */
async function givenAgent(name: string, script: string, { parent, env = {} }: Agent = {}) {
  const client = await theInstallation().client()
  const { id } = await client.workspaces.create({
    name,
    ...(parent ? { parent_id: parent } : {}),
    runtime_config: { command: 'sh', args: ['-c', script], env },
  })
  const processes = async () =>
    (await theInstallation().processes()).filter(({ workspaceId }) => workspaceId === id)
  const is = (status: WorkspaceStatus) =>
    until(
      `${name} is ${status}`,
      async () => {
        // Also of one that is removed by then.
        const now = await client.workspaces.get(id, { wait_generation: 0 })
        return now.status === status && now
      },
      { timeoutMs: patienceMs },
    )
  const ask = async (text: string, more: { deadline_s?: number } = {}) => {
    const { id: taskId } = await client.workspaces.ask(id, { text, ...more })
    const reaches = (...statuses: TaskStatus[]) =>
      until(
        `the task is ${statuses}`,
        async () => {
          const now = await client.tasks.get(taskId)
          return statuses.includes(now.status) && now
        },
        { timeoutMs: patienceMs },
      )
    /** Resolves when its program has made a file of that name in its working folder. */
    const writes = (file: string) =>
      until(`${file} is written`, () => existsSync(join(workFolder, file)), {
        timeoutMs: patienceMs,
      })
    return { id: taskId, reaches, writes }
  }
  const folder = join(theInstallation().dataDir, 'workspaces', id)
  const workFolder = join(folder, 'work')
  const noted = async (file: string) =>
    (await readFile(join(workFolder, file), 'utf8')).trim().split('\n').map(Number)
  await is('online')
  return { id, client, folder, is, ask, processes, noted }
}

const areGone = (pids: number[]) =>
  until('the processes are gone', () => pids.every((pid) => startTimeOf(pid) === undefined), {
    timeoutMs: patienceMs,
  })

/** Notes itself, a child and a grandchild with a session of its own that ignores TERM, then says so and waits. */
const family = `
  echo $$ >>pids
  sleep 600 & echo $! >>pids
  setsid sh -c 'trap "" TERM; echo $$ >>pids; : >ready; while :; do sleep 1; done' &
  wait`

describe.concurrent('a workspace', () => {
  test(`${promise('R-20')} restart: a new start, the old processes are gone, running work is interrupted and tried again for free`, async () => {
    const script = `[ "$TASK_ATTEMPT" = 1 ] || exec cat; ${family}`
    const agent = await givenAgent('Restarted', script)
    const task = await agent.ask('hello')
    await task.writes('ready')
    const before = await agent.processes()

    const told = await runCli(theInstallation(), ['ws', 'restart', 'Restarted', '--wait'])

    expect(told).toMatchObject({ code: 0, stderr: '' })
    for (const { pid, startTime } of before) expect(startTimeOf(pid)).not.toBe(startTime)
    const ended = await task.reaches('completed')
    expect(ended).toMatchObject({ result: 'hello', retry_count: 0 })
    expect(ended.attempts).toMatchObject([
      { no: 1, incarnation: 1, outcome: 'interrupted' },
      { no: 2, incarnation: 2, outcome: 'completed' },
    ])
    expect(await agent.is('online')).toMatchObject({ incarnation: 2, failure_reason: null })
  })

  test(`${promise('R-20')} delete: the whole team goes while it works, with all processes and folders`, async () => {
    const lead = await givenAgent('Team', family)
    const [one, other] = await Promise.all([
      givenAgent('One', family, { parent: lead.id }),
      givenAgent('Other', family, { parent: lead.id }),
    ])
    const team = [lead, one, other]
    const tasks = await Promise.all(team.map((agent) => agent.ask('work')))
    await Promise.all(tasks.map((task) => task.writes('ready')))
    const pids = (await Promise.all(team.map((agent) => agent.noted('pids')))).flat()
    expect(pids).toHaveLength(9)

    const unsure = await runCli(theInstallation(), ['ws', 'delete', 'Team'])
    const told = await runCli(theInstallation(), ['ws', 'delete', 'Team', '--yes', '--purge'])

    expect(unsure).toMatchObject({ code: 2, stdout: '' })
    expect(unsure.stderr).toMatch(
      /This would delete "Team" and below it "(One|Other)", "(One|Other)"\./,
    )
    expect(told).toMatchObject({
      code: 0,
      stdout: 'Deleted "Team" and 2 below it; what was stored goes once nothing of it runs.\n',
    })
    await areGone(pids)
    for (const agent of team) {
      await agent.is('removed')
      expect(await agent.processes()).toEqual([])
      await until('the folder is gone', () => !existsSync(agent.folder), { timeoutMs: patienceMs })
    }
    for (const task of tasks)
      expect(await task.reaches('failed')).toMatchObject({ error: { code: 'workspace_removed' } })
  })

  test(`${promise('R-33')} pause: nothing of the team runs, and after the resume the interrupted task goes on for free`, async () => {
    const script = `[ "$TASK_ATTEMPT" = 1 ] || exec cat; ${family}`
    const lead = await givenAgent('Resting lead', 'cat')
    const agent = await givenAgent('Resting', script, { parent: lead.id })
    const task = await agent.ask('hello')
    await task.writes('ready')
    const pids = await agent.noted('pids')

    const told = await runCli(theInstallation(), ['ws', 'pause', 'Resting lead', '--yes'])
    await Promise.all([lead.is('paused'), agent.is('paused')])
    const left = [...(await lead.processes()), ...(await agent.processes())]
    await areGone(pids)
    await runCli(theInstallation(), ['ws', 'resume', 'Resting lead'])

    expect(told.stdout).toContain('"Resting"  paused')
    expect(left).toEqual([])
    const ended = await task.reaches('completed')
    expect(ended).toMatchObject({ result: 'hello', retry_count: 0 })
    expect(ended.attempts).toMatchObject([{ outcome: 'interrupted' }, { outcome: 'completed' }])
  })

  test(`${promise('R-33')} hibernate: nothing of it runs until its next task, which wakes it and is answered`, async () => {
    const agent = await givenAgent('Sleeper', 'cat')
    await agent.client.workspaces.hibernate(agent.id)
    await agent.is('hibernated')
    const left = await agent.processes()

    const task = await agent.ask('good morning')

    expect(left).toEqual([])
    expect(await task.reaches('completed')).toMatchObject({ result: 'good morning', attempt: 1 })
  })

  test(`${promise('R-28')} silent: a host that stands still goes offline with the reason, is not taken for dead, and comes back`, async () => {
    const agent = await givenAgent('Silent', 'until [ -e go ]; do sleep 0.1; done; cat')
    const task = await agent.ask('hello')
    await task.reaches('in_progress')
    const [host] = (await agent.processes()).filter(({ kind }) => kind === 'host')
    const pid = host?.pid ?? expect.fail('no host')

    process.kill(pid, 'SIGSTOP')
    const silent = await agent.is('offline')
    process.kill(pid, 'SIGCONT')
    const back = await agent.is('online')
    await writeFile(join(agent.folder, 'work/go'), '')

    expect(silent.failure_reason).toMatchObject({
      code: 'no_heartbeat',
      detail: 'The agent host runs and does not report.',
      hint: expect.stringContaining('molecule ws restart'),
    })
    expect(back).toMatchObject({ incarnation: 1, failure_reason: null })
    expect((await agent.processes()).map((one) => one.pid)).toContain(pid)
    expect(await task.reaches('completed')).toMatchObject({ attempt: 1, result: 'hello' })
  })

  test(`${promise('R-20')} cancel: the whole family of the program ends, and the workspace takes the next task`, async () => {
    const agent = await givenAgent('Canceled', `[ "$(cat)" = stay ] || exit 0; ${family}`)
    const task = await agent.ask('stay')
    await task.writes('ready')
    const pids = await agent.noted('pids')

    const told = await runCli(theInstallation(), ['task', 'cancel', task.id])

    expect(told.code).toBe(0)
    expect(await task.reaches('canceled')).toMatchObject({ retry_count: 0, result: null })
    await areGone(pids)
    await (await agent.ask('go')).reaches('completed')
  })

  test(`${promise('R-13', 'R-20')} deadline: work past the one its caller set is ended and says so`, async () => {
    const agent = await givenAgent('Late', family)

    const task = await agent.ask('take your time', { deadline_s: 10 })
    await task.writes('ready')
    const pids = await agent.noted('pids')

    expect(await task.reaches('failed')).toMatchObject({
      error: {
        code: 'deadline_exceeded',
        hint: 'Ask again with more time (deadline_s), or in smaller pieces.',
      },
    })
    await areGone(pids)
  })

  test(`${promise('R-19')} delegation: a program hands work on and waits for it with the CLI`, async () => {
    const script = 'molecule delegate Clerk "$(cat), and by whom?" --wait --quiet'
    const lead = await givenAgent('Chief', script)
    const clerk = await givenAgent('Clerk', 'echo "asked: $(cat)"', { parent: lead.id })

    const task = await lead.ask('what is asked')

    const ended = await task.reaches('completed', 'failed')
    expect(ended).toMatchObject({ result: 'asked: what is asked, and by whom?\n', error: null })
    const [child] = await Promise.all(ended.children.map((id) => lead.client.tasks.get(id)))
    expect(child).toMatchObject({
      caller: { kind: 'workspace', id: lead.id },
      callee_id: clerk.id,
      parent_task_id: task.id,
      status: 'completed',
    })
  })

  test(`${promise('R-19')} delegation: plain HTTP does as well`, async () => {
    const clerk = await givenAgent('Second clerk', 'printf %s "done: $(cat)"')
    const program = testProgram('plain-http-lead.mjs')
    const lead = await givenAgent('Second chief', `node '${program}'`, {
      env: { TARGET: clerk.id },
    })

    const ended = await (await lead.ask('go')).reaches('completed', 'failed')

    expect(ended).toMatchObject({ error: null, result: 'completed: done: go' })
    expect(ended.children).toHaveLength(1)
  })
})
