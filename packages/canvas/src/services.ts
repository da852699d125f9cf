import { type Client, type Fetch, MoleculeError, moleculeClient } from '@molecule/sdk'
import { piecesOf } from './lib/pieces-of.ts'
import { randomId } from './lib/random-id.ts'
import type { Router } from './lib/router.ts'
import { perFrame } from './live/batch.ts'
import { type Ticker, ticker } from './live/clock.ts'
import type { Socket } from './live/connection.ts'
import { type LiveLink, liveLink } from './live/live-link.ts'
import { type OutputFeeds, outputFeeds } from './live/output-feeds.ts'
import { type Topics, topicSet } from './live/topics.ts'
import { type Outbox, outbox } from './state/outbox.ts'
import { reduce } from './state/reduce.ts'
import { type CanvasStore, canvasStore } from './state/store.ts'

/** What the page works with; made once, handed to components through context. */
export type Services = {
  client: Client
  store: CanvasStore
  link: LiveLink
  outputs: OutputFeeds
  topics: Topics
  outbox: Outbox
  router: Router
  ticker: Ticker
}

const tickMs = 1000

export function browserServices(router: Router): Services {
  const store = canvasStore()
  const client = moleculeClient({ baseUrl: '', fetch: sessionFetch(store) })
  const topics: Topics = topicSet((list) => link.setTopics(list))
  const outputs: OutputFeeds = outputFeeds({
    read: (taskId, after, signal) => client.tasks.output(taskId, { after }, { signal }),
    onTopics: (list) => topics.set('output', list),
  })
  const link: LiveLink = liveLink({
    store,
    session: (signal) => client.session.current({ signal }),
    snapshot: (signal) => client.snapshot({ signal }),
    open: (since) => new WebSocket(socketUrl(since)) as unknown as Socket,
    schedule: perFrame,
    now: Date.now,
    random: Math.random,
    onOutput: outputs.receive,
  })
  const messages = outbox({
    ask: client.workspaces.ask,
    accept: (task) =>
      store.setState(({ live }) => ({ live: reduce(live, { type: 'rows', tasks: [task] }) })),
    newKey: randomId,
    now: Date.now,
  })
  refillOutputs(store, outputs)
  return {
    client,
    store,
    link,
    outputs,
    topics,
    outbox: messages,
    router,
    ticker: ticker(tickMs, Date.now),
  }
}

type SignInNeeds = Pick<Services, 'client' | 'store'>

/** Redeems the token of a login link. */
export async function signIn({ client, store }: SignInNeeds, token: string): Promise<void> {
  store.setState({ access: { state: 'signing_in' } })
  try {
    store.setState({ access: { state: 'signed_in', session: await client.session.login(token) } })
  } catch (error) {
    const problem = error instanceof MoleculeError ? error.problem : null
    const why = problem?.status === 0 ? 'no_answer' : 'refused'
    store.setState({ access: { state: 'signed_out', why, problem } })
  }
}

/** Adds the CSRF token to every request, and notices the end of the session wherever it shows. */
function sessionFetch(store: CanvasStore): Fetch {
  return async (url, init) => {
    const { access } = store.getState()
    const csrf = access.state === 'signed_in' ? access.session.csrf_token : null
    const headers = csrf ? { ...init.headers, 'x-csrf-token': csrf } : init.headers
    const response = await fetch(url, { ...init, headers })
    if (response.status === 401 && store.getState().access.state === 'signed_in') {
      store.setState({ access: { state: 'signed_out', why: 'ended', problem: null } })
    }
    const { status, body } = response
    return { status, body: body && piecesOf(body), text: () => response.text() }
  }
}

/** Output is not replayed by the socket: what was missed is read after each reconnect and when a task ends. */
function refillOutputs(store: CanvasStore, outputs: OutputFeeds) {
  store.subscribe((state, former) => {
    if (state.link.state === 'live' && former.link.state !== 'live') outputs.refresh()
    if (state.live.tasks === former.live.tasks) return
    for (const [id, task] of state.live.tasks.byId) {
      const before = former.live.tasks.byId.get(id)
      if (before && before.ended_at === null && task.ended_at !== null) outputs.refresh(id)
    }
  })
}

function socketUrl(since: number) {
  const { protocol, host } = window.location
  return `${protocol === 'https:' ? 'wss' : 'ws'}://${host}/ws?since=${since}`
}
