import type { AuditRecord } from '@molecule/contract/audit'
import type { LiveState } from '../state/live-state.ts'
import { auditText } from './audit-text.ts'

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-/i
const shortChars = 8

/** Those that tell everything by themselves: "signed in". */
export const isWholeDeed = (action: string) => auditText.whole[action] !== undefined

/** `secret.save` is "saved the secret"; what is not known is told as it stands. */
export function deedInWords(action: string): string {
  const known = auditText.whole[action]
  if (known) return known
  const dot = action.lastIndexOf('.')
  const [noun, verb] = [action.slice(0, dot), action.slice(dot + 1)]
  const told = auditText.verb[verb]
  if (dot < 1 || !told) return action
  return `${told} the ${auditText.noun[noun] ?? noun.replaceAll(/[._]/g, ' ')}`
}

/** `user:anna` is anna, `workspace:<id>` the name of it. */
export function actorInWords(actor: string, live: LiveState): string {
  const [kind = '', ...rest] = actor.split(':')
  const id = rest.join(':')
  if (kind === 'user') return id
  if (kind === 'workspace') return live.workspaces.byId.get(id)?.name ?? shortId(id)
  if (kind === 'token') return auditText.actor.token(shortId(id))
  if (kind === 'admin') return auditText.actor.admin
  if (kind === 'system') return auditText.actor.system
  return actor
}

/** By the name that the record itself remembers; else by the id. */
export function targetInWords({ entity_id, before, after }: AuditRecord): string {
  for (const side of [after, before]) {
    const name = side?.name ?? side?.key
    if (typeof name === 'string' && name !== '') return name
  }
  return entity_id.split('/').map(shortId).join(' / ')
}

/** The workspace a record is about, if it still exists. */
export function workspaceOf(record: AuditRecord, live: LiveState): string | undefined {
  const { entity_id, before, after } = record
  const candidates = [
    entity_id,
    ...entity_id.split(/[/:]/),
    after?.workspace_id,
    before?.workspace_id,
  ]
  return candidates.find(
    (id): id is string => typeof id === 'string' && live.workspaces.byId.has(id),
  )
}

export const shortId = (id: string) => (uuid.test(id) ? id.slice(0, shortChars) : id)
