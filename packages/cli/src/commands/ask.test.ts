import { expect, test } from 'vitest'
import type { ContractState } from '../testing/contract-state.ts'
import { givenCli } from '../testing/given-cli.ts'
import { chunkRow, completed, failed, workspaceRow } from '../testing/wire-rows.ts'

const echo = workspaceRow({ name: 'Echo' })

/** An agent that prints its task and answers with it. */
function echoing(): Partial<ContractState> {
  const state: Partial<ContractState> = { workspaces: [echo], output: [] }
  state.onAsk = (task) => {
    state.output?.push(chunkRow(task, task.text))
    return completed(task.text)
  }
  return state
}

test('the answer alone is on standard output, what the agent prints on standard error', async () => {
  await using cli = await givenCli(echoing())

  const { code, stdout, stderr } = await cli.run(['ask', 'Echo', 'hello there'])

  expect({ code, stdout }).toEqual({ code: 0, stdout: 'hello there\n' })
  expect(stderr).toContain('hello there')
  expect(cli.bodyOf('POST', `/workspaces/${echo.id}/tasks`)).toEqual({ text: 'hello there' })
})

test('--quiet leaves standard error empty', async () => {
  await using cli = await givenCli(echoing())

  expect(await cli.run(['ask', 'Echo', 'hello', '-q'])).toEqual({
    code: 0,
    stdout: 'hello\n',
    stderr: '',
  })
})

test('the text can come from standard input, whole', async () => {
  await using cli = await givenCli(echoing())
  const text = 'línea\n'.repeat(20_000)

  const { stdout } = await cli.run(['ask', 'Echo', '-', '-q'], { stdin: text })

  expect(stdout).toBe(text)
})

test('with --json the output and the task are lines of JSON', async () => {
  await using cli = await givenCli(echoing())

  const { stdout } = await cli.run(['ask', 'Echo', 'hello', '--json'])

  expect(
    stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line)),
  ).toMatchObject([
    { type: 'output', stream: 'stdout', text: 'hello' },
    { type: 'task', status: 'completed', result: 'hello' },
  ])
})

test('a task that fails ends with 1, its reason and what to do', async () => {
  const onAsk = () => failed('cat exited with 3')
  await using cli = await givenCli({ workspaces: [echo], onAsk })

  const { code, stdout, stderr } = await cli.run(['ask', 'Echo', 'hello'])

  expect({ code, stdout }).toEqual({ code: 1, stdout: '' })
  expect(stderr).toContain('error  The task ended failed: cat exited with 3')
  expect(stderr).toContain('next   Look at the program.')
})

test('a second attempt is announced between the output of the two', async () => {
  const state = echoing()
  state.onAsk = (task) => {
    state.output?.push(chunkRow(task, 'first half\n'), chunkRow(task, 'all of it', { attempt: 2 }))
    return completed('all of it')
  }
  await using cli = await givenCli(state)

  const { stdout, stderr } = await cli.run(['ask', 'Echo', 'hello'])

  expect(stdout).toBe('all of it\n')
  expect(stderr).toMatch(/first half\n.*attempt 2 begins\nall of it/)
})

test('Ctrl-C leaves the task alone and says how to follow and how to cancel it', async () => {
  const state = echoing()
  state.onAsk = (task) => {
    state.output?.push(chunkRow(task, 'working on it\n'))
    return {}
  }
  await using cli = await givenCli(state)

  const { code, stderr } = await cli.run(['ask', 'Echo', 'hello'], {
    interrupt: { when: 'working on it', signal: 'SIGINT' },
  })

  const id = cli.state.tasks[0]?.id
  expect(code).toBe(130)
  expect(stderr).toContain(`The task goes on. Its id is ${id}.`)
  expect(stderr).toContain(`molecule task ${id} --follow`)
  expect(stderr).toContain(`molecule task cancel ${id}`)
  expect(cli.server.asked.some(({ path }) => path.endsWith('/cancel'))).toBe(false)
})

test('--timeout ends the wait with 124, not the task', async () => {
  await using cli = await givenCli({ workspaces: [echo] })

  const { code, stderr } = await cli.run(['ask', 'Echo', 'hello', '--timeout', '0.3'])

  expect(code).toBe(124)
  expect(stderr).toContain('The wait is over, the task is not.')
  expect(stderr).toContain('--follow')
})

test('--no-wait prints the id and leaves at once', async () => {
  await using cli = await givenCli({ workspaces: [echo] })

  const plain = await cli.run(['ask', 'Echo', 'hello', '--no-wait', '--key', 'k1'])
  const json = await cli.run(['ask', 'Echo', 'hello', '--no-wait', '--json'])

  expect(plain).toMatchObject({ code: 0, stdout: `${cli.state.tasks[0]?.id}\n` })
  expect(JSON.parse(json.stdout)).toMatchObject({ id: cli.state.tasks[1]?.id })
  expect(cli.bodyOf('POST', /tasks$/)).toEqual({ text: 'hello', idempotency_key: 'k1' })
})

test('a workspace that does not exist ends with 3', async () => {
  await using cli = await givenCli({ workspaces: [echo] })

  const { code, stderr } = await cli.run(['ask', 'Ech', 'hello'])

  expect(code).toBe(3)
  expect(stderr).toContain('No workspace is named "Ech".')
  expect(stderr).toContain('Did you mean "Echo"?')
})

test('a server that is away for a moment does not end the wait', async () => {
  const state = echoing()
  await using cli = await givenCli(state)
  let refusals = 2
  cli.server.hook = ({ path }) => path.endsWith('/output') && refusals-- > 0

  const { code, stdout, stderr } = await cli.run(['ask', 'Echo', 'hello'])

  expect({ code, stdout }).toEqual({ code: 0, stdout: 'hello\n' })
  expect(stderr).toContain('Trying again.')
})
