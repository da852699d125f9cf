import type { Problem } from '@molecule/contract/problem'
import type { Session } from '@molecule/contract/session'
import { createStore, type StoreApi } from 'zustand/vanilla'
import { emptyLiveState, type LiveState } from './live-state.ts'

/** Whether the picture is current. Times are those of this machine's clock, in milliseconds. */
export type Link =
  | { state: 'connecting' }
  | { state: 'live' }
  | { state: 'reconnecting'; since: number; retryAt: number }

/** Never signed in here, the session ended, a login link was refused, or nobody answered it. */
export type SignedOutWhy = 'no_session' | 'ended' | 'refused' | 'no_answer'

export type Access =
  | { state: 'unknown' }
  | { state: 'signing_in' }
  | { state: 'signed_in'; session: Session }
  | { state: 'signed_out'; why: SignedOutWhy; problem: Problem | null }

export type CanvasState = {
  live: LiveState
  link: Link
  access: Access
  /** Why the first picture could not be read; null once there is one. */
  loadProblem: Problem | null
  /** Server clock minus this machine's clock. */
  clockOffsetMs: number
}

export type CanvasStore = StoreApi<CanvasState>

export const canvasStore = (): CanvasStore =>
  createStore<CanvasState>(() => ({
    live: emptyLiveState,
    link: { state: 'connecting' },
    access: { state: 'unknown' },
    loadProblem: null,
    clockOffsetMs: 0,
  }))
