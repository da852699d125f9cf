import type { Right } from '@molecule/contract/identity'
import type { Session } from '@molecule/contract/session'
import type { Access } from './store.ts'

export const sessionIn = (access: Access): Session | undefined =>
  access.state === 'signed_in' ? access.session : undefined

/** Nobody has a right before the session is known. The server decides again; this only spares a refusal. */
export const hasRight = (access: Access, right: Right): boolean =>
  sessionIn(access)?.rights.includes(right) ?? false
