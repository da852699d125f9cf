import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import type { LiveMessage, Snapshot, TaskOutputEvent } from '@molecule/contract/event'
import type { Session } from '@molecule/contract/session'
import { MoleculeError } from '@molecule/sdk'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { type WebSocket as ServerSocket, WebSocketServer } from 'ws'
import { type CanvasStore, canvasStore } from '../state/store.ts'
import {
  epoch,
  givenChunk,
  givenSnapshot,
  givenWorkspace,
  outputEvent,
  workspaceEvent,
} from '../testing/given.ts'
import { until } from '../testing/until.ts'
import type { Socket } from './connection.ts'
import { type LiveLink, liveLink } from './live-link.ts'

const session: Session = {
  kind: 'session',
  name: 'me',
  role: 'owner',
  rights: [],
  org_id: 'org',
  csrf_token: 'x',
}
const hello = (head: number, of = epoch): LiveMessage => ({
  event: 'hello',
  epoch: of,
  head,
  now: '2026-01-01T00:01:00.000Z',
})

/** One page and a real socket server that plays what a test tells it to. */
type Stage = {
  server: WebSocketServer
  store: CanvasStore
  link: LiveLink
  stop: AbortController
  running: Promise<void>
  snapshot: Snapshot
  snapshots: number
  since: number[]
  heard: string[]
  outputs: TaskOutputEvent[]
  refuseWith: MoleculeError | undefined
  /** Plays for each connection, in order; the last one goes on. */
  script: ((say: (message: LiveMessage) => void, socket: ServerSocket) => void)[]
}

let stage: Stage

beforeEach(async () => {
  const server = new WebSocketServer({ port: 0, host: '127.0.0.1' })
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  const store = canvasStore()
  const link = liveLink({
    store,
    session: async () => {
      if (stage.refuseWith) throw stage.refuseWith
      return session
    },
    snapshot: async () => {
      stage.snapshots += 1
      return stage.snapshot
    },
    open: (since) => new WebSocket(`ws://127.0.0.1:${port}/ws?since=${since}`) as unknown as Socket,
    schedule: (run) => {
      const timer = setTimeout(run, 1)
      return () => clearTimeout(timer)
    },
    now: () => Date.parse('2026-01-01T00:00:00.000Z'),
    random: () => 0,
    onOutput: (event) => stage.outputs.push(event),
  })
  stage = {
    server,
    store,
    link,
    stop: new AbortController(),
    running: Promise.resolve(),
    snapshot: givenSnapshot({ seq: 1, workspaces: [givenWorkspace('a')] }),
    snapshots: 0,
    since: [],
    heard: [],
    outputs: [],
    refuseWith: undefined,
    script: [(say) => say(hello(1))],
  }
  server.on('connection', (socket, request) => {
    const turn = stage.since.length
    stage.since.push(Number(new URL(request.url ?? '', 'http://x').searchParams.get('since')))
    socket.on('message', (data) => stage.heard.push(String(data)))
    const play = stage.script[Math.min(turn, stage.script.length - 1)]
    play?.((message) => socket.send(JSON.stringify(message)), socket)
  })
})

afterEach(async () => {
  stage.stop.abort()
  await stage.running
  for (const socket of stage.server.clients) socket.terminate()
  await new Promise((resolve) => stage.server.close(resolve))
})

const begin = () => {
  stage.running = stage.link.run(stage.stop.signal)
}
const state = () => stage.store.getState()
const name = (id: string) => state().live.workspaces.byId.get(id)?.name
const renamed = (rev: number) =>
  workspaceEvent(givenWorkspace('a', { rev, name: `name ${rev}` }), rev)

describe('the live link', () => {
  test('takes a snapshot, listens from there, and knows the server’s clock', async () => {
    stage.script = [
      (say) => {
        say(hello(2))
        say(renamed(2))
      },
    ]

    begin()
    await until(() => expect(name('a')).toBe('name 2'))

    expect(stage.since).toEqual([1])
    expect(state().link).toEqual({ state: 'live' })
    expect(state().clockOffsetMs).toBe(60_000)
  })

  test('resumes after a drop from the last event it has, without a snapshot (UI-5)', async () => {
    stage.script = [
      (say, socket) => {
        say(hello(2))
        say(renamed(2))
        setTimeout(() => socket.terminate(), 20)
      },
      (say) => {
        say(hello(3))
        say(renamed(3))
      },
    ]

    begin()
    await until(() => expect(state().link.state).toBe('reconnecting'))
    expect(name('a')).toBe('name 2')
    stage.link.retryNow()
    await until(() => expect(name('a')).toBe('name 3'))

    expect(stage.since).toEqual([1, 2])
    expect(stage.snapshots).toBe(1)
    expect(state().link.state).toBe('live')
  })

  test('a hole is filled by resuming before it', async () => {
    stage.script = [
      (say) => {
        say(hello(4))
        say(renamed(2))
        say(renamed(4))
      },
      (say) => {
        say(hello(4))
        say(renamed(3))
        say(renamed(4))
      },
    ]

    begin()
    await until(() => expect(stage.since).toEqual([1, 2]))
    await until(() => expect(state().live.seq).toBe(4))

    expect(stage.snapshots).toBe(1)
  })

  test('a hole that resuming does not fill leads to a snapshot', async () => {
    stage.script = [
      (say) => {
        say(hello(3))
        say(renamed(3))
        stage.snapshot = givenSnapshot({ seq: 3, workspaces: [givenWorkspace('a', { rev: 3 })] })
      },
    ]

    begin()
    await until(() => expect(stage.snapshots).toBe(2))
    await until(() => expect(state().link.state).toBe('live'))

    expect(stage.since).toEqual([1, 1, 3])
  })

  test.each([
    ['a reset', [hello(9), { event: 'reset', head: 9 } as const]],
    ['another epoch', [hello(1, 'epoch-2')]],
    ['a feed that is behind what is known', [hello(0)]],
  ])('%s leads to a new snapshot', async (_, messages) => {
    stage.script = [
      (say) => {
        for (const message of messages) say(message)
        const [first] = messages
        const of = first?.event === 'hello' ? first.epoch : epoch
        stage.snapshot = givenSnapshot({ epoch: of, seq: 9, workspaces: [givenWorkspace('b')] })
      },
      (say) => say(hello(9, state().live.epoch ?? '')),
    ]

    begin()
    await until(() => expect(state().live.seq).toBe(9))
    await until(() => expect(state().link.state).toBe('live'))

    expect(stage.snapshots).toBe(2)
    expect([...state().live.workspaces.byId.keys()]).toEqual(['b'])
  })

  test('an unknown event is passed over and leaves no hole', async () => {
    stage.script = [
      (say) => {
        say(hello(3))
        say({ ...renamed(2), event: 'WORKSPACE_PROMOTED' } as unknown as LiveMessage)
        say(renamed(3))
      },
    ]

    begin()
    await until(() => expect(name('a')).toBe('name 3'))

    expect(state().live.seq).toBe(3)
    expect(stage.since).toEqual([1])
  })

  test('says its topics after every connection, and hands output on', async () => {
    stage.script = [
      (say) => {
        say(hello(1))
        say(outputEvent(givenChunk('t', { text: 'hi' })))
      },
    ]
    stage.link.setTopics(['task:t'])

    begin()
    await until(() => expect(stage.outputs).toHaveLength(1))
    await until(() =>
      expect(stage.heard).toEqual([JSON.stringify({ type: 'subscribe', topics: ['task:t'] })]),
    )
  })

  test('a network failure is no logout; 401 is (UI-1)', async () => {
    const problem = {
      type: '',
      title: '',
      detail: '',
      hint: '',
      retryable: true,
      trace_id: '',
      error: '',
    }
    stage.refuseWith = new MoleculeError({ ...problem, code: 'unavailable', status: 0 })

    begin()
    await until(() => expect(state().link.state).toBe('reconnecting'))
    expect(state().access.state).toBe('unknown')
    expect(state().loadProblem?.code).toBe('unavailable')

    stage.refuseWith = new MoleculeError({ ...problem, code: 'unauthenticated', status: 401 })
    stage.link.retryNow()
    await stage.running
    expect(state().access).toMatchObject({ state: 'signed_out', why: 'no_session' })
  })
})
