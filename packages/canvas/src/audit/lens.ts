import type { AuditLens } from '../lib/place.ts'

/** A page of the log. */
export const pageSize = 50

/** What the server is asked for: only what is set. */
export function queryOf({ actor, action, entity, from, to }: AuditLens) {
  return {
    ...(actor ? { actor } : {}),
    ...(action ? { action } : {}),
    ...(entity ? { entity_id: entity } : {}),
    ...(from ? { from } : {}),
    ...(to ? { to } : {}),
    limit: pageSize,
  }
}

export const filtersIn = (lens: AuditLens) => Object.values(lens).filter(Boolean).length

export const isWhole = (lens: AuditLens) => filtersIn(lens) === 0

/** For an input of date and time, which speaks the time of this place without naming it. */
export function localInput(iso: string | undefined): string {
  const ms = Date.parse(iso ?? '')
  if (Number.isNaN(ms)) return ''
  const local = new Date(ms - new Date(ms).getTimezoneOffset() * 60_000)
  return local.toISOString().slice(0, 16)
}

export function isoOf(local: string): string | undefined {
  const ms = Date.parse(local)
  return Number.isNaN(ms) ? undefined : new Date(ms).toISOString()
}

export const endsBeforeItBegins = ({ from, to }: AuditLens) =>
  from !== undefined && to !== undefined && Date.parse(from) > Date.parse(to)
