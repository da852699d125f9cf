import type { AuditPage, AuditVerdict } from '@molecule/contract/audit'
import type { CallOptions, Requester } from './request.ts'

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

export function auditCalls(request: Requester) {
  return {
    list: (query: AuditFilter = {}, call: CallOptions = {}) =>
      request<AuditPage>({ method: 'GET', path: '/audit', query, ...call }),
    /** Checks the whole chain on the server. */
    verify: (call: CallOptions = {}) =>
      request<AuditVerdict>({ method: 'GET', path: '/audit/verify', ...call }),
  }
}
