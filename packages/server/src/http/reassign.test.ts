import { moleculeClient } from '@molecule/sdk'
import { hostClient } from '@molecule/sdk/host'
import { expect, test } from 'vitest'
import { givenHosted } from '../testing/given-credential.ts'
import { testServer } from '../testing/test-server.ts'

async function given() {
  const server = await testServer()
  const lead = await givenHosted(server, { name: 'lead' })
  const first = await givenHosted(server, { name: 'first', parent_id: lead.id })
  const second = await givenHosted(server, { name: 'second', parent_id: lead.id })
  const hostOf = ({ host }: { host: string }) => hostClient({ baseUrl: server.url, token: host })
  const lease = async (of: { host: string }) =>
    (await hostOf(of).lease({ capacity: 1, wait_s: 0, running: [] })).attempts
  const as = (token: string) => moleculeClient({ baseUrl: server.url, token })
  return { server, people: server.client, lead, first, second, hostOf, lease, as }
}

test('a task that waits goes to another workspace, which answers whoever asked', async () => {
  const { as, lead, first, second, lease, hostOf } = await given()
  const agent = as(lead.agent)
  const { delegation_id: id } = await agent.workspaces.delegate(lead.id, {
    target_id: first.id,
    task: 'work',
  })

  const moved = await agent.tasks.reassign(id, second.id)
  const again = await agent.tasks.reassign(id, second.id)

  expect([moved.callee_id, again.callee_id, again.rev]).toEqual([second.id, second.id, moved.rev])
  expect(await lease(first)).toEqual([])
  const [attempt] = await lease(second)
  const ref = { task_id: attempt?.task_id ?? '', attempt: 1, fence: attempt?.fence ?? 0 }
  await hostOf(second).start(ref)
  await hostOf(second).complete({ ...ref, outcome: 'completed', result: 'done' })
  expect((await agent.workspaces.inbox(lead.id)).items).toMatchObject([
    { task_id: id, from_id: second.id, text: 'done' },
  ])
  expect(await as(second.agent).workspaces.activity(second.id)).toMatchObject([{ task_id: id }])
})

test('one that was handed over and not begun is taken back: a start that comes after all is refused', async () => {
  const { people, first, second, lease, hostOf } = await given()
  const { id } = await people.workspaces.ask(first.id, { text: 'work' })
  const [attempt] = await lease(first)
  const ref = { task_id: id, attempt: 1, fence: attempt?.fence ?? 0 }

  await people.tasks.reassign(id, second.id)

  await expect(hostOf(first).start(ref)).rejects.toMatchObject({ code: 'fenced' })
  expect(await lease(second)).toMatchObject([{ task_id: id, attempt: 2 }])
  const { attempts } = await people.tasks.get(id)
  expect(attempts.map(({ outcome, reason }) => [outcome, reason?.code])).toEqual([
    ['interrupted', 'reassigned'],
    [null, undefined],
  ])
})

test('the work that the first did in the end is kept, as it was never proven lost', async () => {
  const { people, first, second, lease, hostOf } = await given()
  const { id } = await people.workspaces.ask(first.id, { text: 'work' })
  const [attempt] = await lease(first)
  const ref = { task_id: id, attempt: 1, fence: attempt?.fence ?? 0 }
  await people.tasks.reassign(id, second.id)

  const told = await hostOf(first).complete({
    ...ref,
    outcome: 'completed',
    result: 'all the same',
  })

  expect(told).toEqual({ recorded: true, late: true })
  expect(await people.tasks.get(id)).toMatchObject({ status: 'completed', result: 'all the same' })
  expect(await lease(second)).toEqual([])
})

test('what runs, what has ended, and what the pair may not do is refused, and stays where it is', async () => {
  const { server, people, first, second, lease, hostOf, as } = await given()
  const running = await people.workspaces.ask(first.id, { text: 'run' })
  const [attempt] = await lease(first)
  await hostOf(first).start({ task_id: running.id, attempt: 1, fence: attempt?.fence ?? 0 })
  const ended = await people.workspaces.ask(first.id, { text: 'end' })
  await people.tasks.cancel(ended.id)
  const waiting = await people.workspaces.ask(first.id, { text: 'wait' })
  const refusal = (work: Promise<unknown>) =>
    work.then(
      () => 'none',
      ({ code }) => code as string,
    )

  expect(await refusal(people.tasks.reassign(running.id, second.id))).toBe('not_allowed_now')
  expect(await refusal(people.tasks.reassign(ended.id, second.id))).toBe('already_terminal')
  expect(await refusal(people.tasks.reassign(waiting.id, crypto.randomUUID()))).toBe('not_found')
  expect(await refusal(as(first.agent).tasks.reassign(waiting.id, second.id))).toBe('forbidden')
  const { tasks } = await server.client.tasks.list()
  expect(new Set(tasks.map(({ callee_id }) => callee_id))).toEqual(new Set([first.id]))
})
