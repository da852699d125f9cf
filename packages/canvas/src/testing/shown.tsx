import { type Role, rightsOfRole } from '@molecule/contract/identity'
import { Session } from '@molecule/contract/session'
import { moleculeClient } from '@molecule/sdk'
import type { ReactNode } from 'react'
import { renderToStaticMarkup } from 'react-dom/server'
import { createStore } from 'zustand/vanilla'
import type { Services } from '../services.ts'
import { type CanvasState, canvasStore } from '../state/store.ts'
import { ServicesContext } from '../use-services.ts'

export const sessionOf = (role: Role): Session =>
  Session.parse({
    kind: 'session',
    name: 'anna',
    role,
    rights: rightsOfRole[role],
    org_id: 'org',
    csrf_token: 'c',
  })

/** What somebody of this role sees first, before anything was read. No server is there to ask. */
export function shownTo(role: Role, content: ReactNode): string {
  const first: CanvasState = {
    ...canvasStore().getState(),
    access: { state: 'signed_in', session: sessionOf(role) },
  }
  const services = {
    store: createStore<CanvasState>(() => first),
    client: moleculeClient({ baseUrl: '', fetch: () => Promise.reject(new Error('nobody there')) }),
    ticker: { now: () => 0, subscribe: () => () => {} },
    router: { place: () => ({ page: 'login' }), subscribe: () => () => {}, go: () => {} },
  } satisfies Partial<Services>
  return renderToStaticMarkup(
    <ServicesContext value={services as unknown as Services}>{content}</ServicesContext>,
  )
}
