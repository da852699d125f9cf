import { moleculeClient } from '@molecule/sdk'
import { expect, test, vi } from 'vitest'
import { keepSession } from './keep-session.ts'
import { home, type Place, placeOf } from './lib/place.ts'
import { canvasStore } from './state/store.ts'
import { until } from './testing/until.ts'

const session = {
  kind: 'session',
  name: 'me',
  role: 'owner',
  rights: [],
  org_id: 'org',
  csrf_token: 'c',
}
const refused = { code: 'unauthenticated', detail: 'This link was used.', hint: 'Print another.' }

/** A page at an address, before a server that knows one login token. */
function givenPage(address: string) {
  const url = new URL(address, 'http://localhost')
  const listeners = new Map<string, () => void>()
  const went: Place[] = []
  let place = placeOf(url)
  const tokens: string[] = []
  const store = canvasStore()
  const run = vi.fn(async (_: AbortSignal) => {})
  const client = moleculeClient({
    baseUrl: '',
    fetch: async (_, { body }) => {
      const { token } = JSON.parse(body ?? '{}')
      tokens.push(token)
      if (token === 'offline') throw new TypeError('fetch failed')
      return token === 'good'
        ? { status: 200, text: async () => JSON.stringify(session) }
        : { status: 401, text: async () => JSON.stringify(refused) }
    },
  })
  const router = {
    place: () => place,
    subscribe: () => () => {},
    go(next: Place) {
      place = next
      url.hash = ''
      went.push(next)
    },
  }
  const link = { run, setTopics: () => {}, retryNow: () => {} }
  const page = {
    location: url as unknown as Location,
    addEventListener: (name: string, listener: unknown) => {
      listeners.set(name, listener as () => void)
    },
  }
  keepSession({ client, store, link, router }, page)
  const openLink = (token: string) => {
    place = { page: 'login' }
    url.hash = token
    listeners.get('hashchange')?.()
  }
  return { store, run, tokens, went, openLink, place: () => place, hash: () => url.hash }
}

test('a login link is redeemed once, leaves the address, and opens the canvas', async () => {
  const page = givenPage('/login#good')
  expect(page.hash()).toBe('')

  await until(() => expect(page.place()).toEqual(home))

  expect(page.tokens).toEqual(['good'])
  expect(page.run).toHaveBeenCalledOnce()
})

test('a refused link says so, and a fresh one opened in the same tab works', async () => {
  const page = givenPage('/login#used')
  await until(() =>
    expect(page.store.getState().access).toMatchObject({
      state: 'signed_out',
      why: 'refused',
      problem: { hint: 'Print another.' },
    }),
  )
  expect(page.run).not.toHaveBeenCalled()

  page.openLink('good')

  await until(() => expect(page.place()).toEqual(home))
})

test('a login link that gets no answer is told as such, not as refused (UI-1)', async () => {
  const page = givenPage('/login#offline')

  await until(() =>
    expect(page.store.getState().access).toMatchObject({ state: 'signed_out', why: 'no_answer' }),
  )
})

test('the end of the session stops the live link and leads to the login page', () => {
  const page = givenPage('/canvas?sel=x')
  const signal = page.run.mock.calls[0]?.[0]
  expect(signal?.aborted).toBe(false)

  page.store.setState({ access: { state: 'signed_out', why: 'ended', problem: null } })

  expect(signal?.aborted).toBe(true)
  expect(page.went).toEqual([{ page: 'login' }])
})
