import type { Right } from '@molecule/contract/identity'
import { DomainError } from '../error.ts'
import { type Principal, rightsOf } from './principal.ts'

/** Nobody hands on more than they have: a token or a link that could do more would lift its maker. */
export function checkMayGrant(principal: Principal, rights: readonly Right[]): void {
  const own = rightsOf(principal)
  const missing = rights.filter((right) => !own.includes(right))
  if (missing.length === 0) return
  throw new DomainError('forbidden', `you cannot give what you lack: ${missing.join(', ')}`, {
    hint: 'Ask for rights you have yourself, or have an owner do it.',
    extra: { missing },
  })
}
