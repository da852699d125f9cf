import type { EventFrame, StoredEvent } from '@molecule/contract/event'
import type { TaskSummary } from '@molecule/contract/task'
import type { Workspace } from '@molecule/contract/workspace'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  applied,
  at,
  givenActivity,
  givenLive,
  givenSnapshot,
  givenTask,
  givenWorkspace,
  taskEvent,
  workspaceEvent,
  workspaceId,
} from '../testing/given.ts'
import { emptyLiveState, type LiveState } from './live-state.ts'
import { hasGap, maxEndedTasks, reduce } from './reduce.ts'

/** A server in small: what happened, as events, and what is true afterwards. */
type World = {
  events: StoredEvent[]
  workspaces: Map<string, Workspace>
  tasks: Map<string, TaskSummary>
}

type Step = { on: 'workspace' | 'task'; id: number; parent: number; state: number }

const workspaceStates = ['provisioning', 'online', 'failed', 'offline', 'removed'] as const
const taskStates = ['queued', 'in_progress', 'completed', 'failed', 'canceled'] as const

const steps = fc.array(
  fc.record({
    on: fc.constantFrom('workspace' as const, 'task' as const),
    id: fc.nat(6),
    parent: fc.nat(6),
    state: fc.nat(4),
  }),
  { maxLength: 60 },
)

function liveThrough(history: readonly Step[]): World {
  const world: World = { events: [], workspaces: new Map(), tasks: new Map() }
  history.forEach((step, index) => {
    const seq = index + 1
    world.events.push(step.on === 'task' ? changeTask(world, step, seq) : change(world, step, seq))
  })
  return world
}

function change(world: World, { id, parent, state }: Step, seq: number): StoredEvent {
  const former = world.workspaces.get(`w${id}`)
  const next = givenWorkspace(`w${id}`, {
    parent_id: parent < id ? workspaceId(`w${parent}`) : null,
    status: workspaceStates[state] ?? 'online',
    rev: (former?.rev ?? 0) + 1,
  })
  if (former?.status === 'removed') next.status = 'removed'
  world.workspaces.set(next.id, next)
  return workspaceEvent(next, seq)
}

function changeTask(world: World, { id, parent, state }: Step, seq: number): StoredEvent {
  const former = world.tasks.get(`t${id}`)
  const next = givenTask(`t${id}`, `w${id}`, {
    status: taskStates[state] ?? 'queued',
    caller: { kind: 'workspace', id: `w${parent}` },
    rev: (former?.rev ?? 0) + 1,
  })
  world.tasks.set(next.id, next)
  return taskEvent(next, seq)
}

const snapshotOf = (world: World) =>
  reduce(emptyLiveState, {
    type: 'snapshot',
    snapshot: givenSnapshot({
      seq: world.events.length,
      workspaces: [...world.workspaces.values()].filter(({ status }) => status !== 'removed'),
      tasks: [...world.tasks.values()],
    }),
  })

/** Groups and maps without their order, which depends on the order of arrival. */
const shapeOf = ({ seq, workspaces, tasks }: LiveState) => ({
  seq,
  workspaces: new Map([...workspaces.byId].sort()),
  tasks: new Map([...tasks.byId].sort()),
  groups: Object.entries({ ...workspaces.groups, ...tasks.groups }).map(([name, groups]) => [
    name,
    new Map([...groups].map(([key, ids]) => [key, [...ids].sort()] as const).sort()),
  ]),
})

const start = givenLive([])

describe('the reducer', () => {
  test('reaches the server’s state whatever is doubled, reordered or dropped and sent again', () => {
    const deliveries = fc.record({
      history: steps,
      order: fc.infiniteStream(fc.nat(1000)),
      cut: fc.nat(20),
    })
    fc.assert(
      fc.property(deliveries, ({ history, order, cut }) => {
        const world = liveThrough(history)
        const shuffled = world.events
          .map((event) => ({ event, at: order.next().value }))
          .sort((a, b) => a.at - b.at)
          .map(({ event }) => event)

        const lossy = applied(start, shuffled.slice(cut))
        const whole = applied(lossy, [...world.events, ...shuffled.slice(0, 5)])

        expect(shapeOf(whole)).toEqual(shapeOf(snapshotOf(world)))
        expect(hasGap(whole)).toBe(false)
      }),
      { numRuns: 300 },
    )
  })

  test('knows that an event is missing until it arrives (UI-5)', () => {
    const [first, second, third] = [1, 2, 3].map((rev) =>
      workspaceEvent(givenWorkspace('a', { rev }), rev),
    )
    if (!first || !second || !third) throw new Error('three events')

    const holed = applied(start, [first, third])
    const healed = applied(holed, [second])

    expect([holed.seq, hasGap(holed)]).toEqual([1, true])
    expect([healed.seq, hasGap(healed)]).toEqual([3, false])
    expect(healed.workspaces.byId.get('a')?.rev).toBe(3)
  })

  test('never brings a removed workspace back', () => {
    const before = givenLive([givenWorkspace('a', { rev: 4 })])

    const removed = applied(before, [
      workspaceEvent(givenWorkspace('a', { rev: 6, status: 'removed' }), 1),
    ])
    const late = applied(removed, [workspaceEvent(givenWorkspace('a', { rev: 5 }), 2)])

    expect(late.workspaces.byId.has('a')).toBe(false)
    expect(late.workspaces.groups.childrenOf.size).toBe(0)
  })

  test('changes nothing, not even an object, for what it knows already', () => {
    const before = givenLive([givenWorkspace('a', { rev: 2 })])

    const after = applied(before, [workspaceEvent(givenWorkspace('a', { rev: 2 }))])

    expect(after).toBe(before)
  })

  test('keeps the objects of unchanged rows over a snapshot, and drops what it lacks', () => {
    const before = givenLive([givenWorkspace('a', { rev: 2 }), givenWorkspace('b')])

    const after = reduce(before, {
      type: 'snapshot',
      snapshot: givenSnapshot({ seq: 9, workspaces: [givenWorkspace('a', { rev: 2 })] }),
    })

    expect(after.workspaces.byId.get('a')).toBe(before.workspaces.byId.get('a'))
    expect([...after.workspaces.byId.keys()]).toEqual(['a'])
    expect(after.seq).toBe(9)
  })

  test('trusts no revision of another epoch', () => {
    const before = givenLive([givenWorkspace('a', { rev: 50, name: 'old' })])

    const snapshot = givenSnapshot({
      epoch: 'epoch-2',
      seq: 1,
      workspaces: [givenWorkspace('a', { rev: 1, name: 'new' })],
    })
    const after = reduce(before, { type: 'snapshot', snapshot })

    expect(after.workspaces.byId.get('a')?.name).toBe('new')
  })

  test('a heartbeat redraws no card', () => {
    const before = givenLive([givenWorkspace('a')])

    const after = applied(before, [
      {
        event: 'WORKSPACE_HEARTBEAT',
        entity: 'heartbeat',
        entity_id: 'a',
        workspace_id: workspaceId('a'),
        timestamp: at(5),
        rev: 99,
        actor: 'host',
        payload: { active_tasks: 1, last_heartbeat_at: at(5) },
      },
    ])

    expect(after.workspaces).toBe(before.workspaces)
    expect(after.heartbeats.get('a')).toBe(at(5))
  })

  test('keeps a bounded number of ended tasks, and every open one', () => {
    const ended = Array.from({ length: maxEndedTasks + 1 }, (_, n) =>
      givenTask(`e${n}`, 'a', { status: 'completed', created_at: at(n), ended_at: at(n + 1) }),
    )
    const open = givenTask('open', 'a', { created_at: at(-100) })

    const after = reduce(givenLive([]), { type: 'rows', tasks: [open, ...ended] })

    expect(after.tasks.byId.size).toBeLessThanOrEqual(maxEndedTasks)
    expect(after.tasks.byId.has('open')).toBe(true)
    expect(after.tasks.byId.has(`e${maxEndedTasks}`)).toBe(true)
    expect(after.tasks.groups.receivedBy.get('a')).toHaveLength(after.tasks.byId.size)
  })
})

test('what an agent says is counted, an entry of its log remembered, and a snapshot makes everybody look again', () => {
  const workspace = givenWorkspace('w')
  const before = givenLive([workspace])
  const said = { ...workspaceEvent(workspace, 1), event: 'AGENT_MESSAGE' as const }
  const logged: EventFrame = {
    event: 'ACTIVITY_LOGGED',
    entity: 'activity',
    entity_id: 'activity-7',
    workspace_id: workspaceId('w'),
    timestamp: at(0),
    rev: 0,
    actor: 'workspace:w',
    payload: givenActivity(7),
  }

  const after = reduce(before, { type: 'frames', frames: [said, { ...said, seq: 2 }, logged] })
  const again = reduce(after, {
    type: 'snapshot',
    snapshot: givenSnapshot({ seq: 9, workspaces: [workspace] }),
  })

  expect([before, after, again].map(({ spoken }) => spoken.get('w'))).toEqual([1, 3, 4])
  expect([before, after, again].map((state) => state.logged.get('w'))).toEqual([undefined, 7, 7])
  expect(after.heartbeats).toBe(before.heartbeats)
})
