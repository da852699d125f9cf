import type { AuditRecord } from '@molecule/contract/audit'
import type { LiveState } from '../state/live-state.ts'
import { auditText } from './audit-text.ts'
import { fieldsOf } from './record-diff.ts'

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-/i
const shortChars = 8

/** Those that tell everything by themselves: "signed in". */
export const isWholeDeed = (action: string) => auditText.whole[action] !== undefined

/** `secret.save` is "saved the secret"; what is not known is told as it stands. */
export function deedInWords(action: string): string {
  const known = auditText.whole[action] ?? auditText.special[action]
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

/** By the name that the record itself remembers; else by the id, without the part that names this workspace. */
export function targetInWords(record: AuditRecord, workspaceId?: string): string {
  for (const side of [record.after, record.before]) {
    const { name, key } = fieldsOf(side)
    for (const word of [name, key]) if (typeof word === 'string' && word !== '') return word
  }
  const parts = record.entity_id.split('/')
  const telling = parts.filter((part) => part !== 'global' && part !== workspaceId)
  return shortPath(telling.length > 0 ? telling : parts)
}

/** The workspace a record is about, if it still exists. */
export function workspaceOf(record: AuditRecord, live: LiveState): string | undefined {
  const { entity_id, before, after } = record
  const sides = [after, before].map((side) => fieldsOf(side).workspace_id)
  return [entity_id, ...entity_id.split('/'), ...sides].find(
    (id): id is string => typeof id === 'string' && live.workspaces.byId.has(id),
  )
}

export const shortPath = (parts: readonly string[]) => parts.map(shortId).join(' / ')

const shortId = (id: string) => (uuid.test(id) ? id.slice(0, shortChars) : id)
