import type { AuditPage, AuditVerdict } from '@molecule/contract/audit'
import type { CallOptions, Requester } from './request.ts'
import type { Streamer } from './stream.ts'

export type AuditFilter = {
  /** Only records before this sequence number. */
  before?: number
  limit?: number
  actor?: string
  /** `secret.save`, or `secret` for everything done to secrets. */
  action?: string
  entity_id?: string
  /** RFC 3339. */
  from?: string
  to?: string
}

export function auditCalls(request: Requester, stream: Streamer) {
  return {
    list: (query: AuditFilter = {}, call: CallOptions = {}) =>
      request<AuditPage>({ method: 'GET', path: '/audit', query, ...call }),
    /** Checks the whole chain on the server, and that it runs through `head` (`<seq>:<hash>`) if one was kept. */
    verify: (query: { head?: string } = {}, call: CallOptions = {}) =>
      request<AuditVerdict>({ method: 'GET', path: '/audit/verify', query, ...call }),
    /** The chain after `since` as text, piece by piece: a record a line, oldest first, and at last `{"head": …}`. */
    export: (query: { since?: number } = {}, call: CallOptions = {}) =>
      stream({ method: 'GET', path: '/audit/export', query, ...call }),
  }
}
