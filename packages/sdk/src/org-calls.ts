import type { ApplyOrg, ExportedOrg, OrgApplied, OrgPlan, PlanOrg } from '@molecule/contract/org'
import type { CallOptions, Requester } from './request.ts'

/** Organizations from templates. */
export function orgCalls(request: Requester) {
  return {
    /** What applying would do. Changes nothing. */
    plan: (body: PlanOrg, call: CallOptions = {}) =>
      request<OrgPlan>({ method: 'POST', path: '/org/plan', body, ...call }),
    /** All of it or nothing; applied again, it makes nothing twice. */
    apply: (body: ApplyOrg, call: CallOptions = {}) =>
      request<OrgApplied>({ method: 'POST', path: '/org/apply', body, ...call }),
    /** The organization as a template that makes it again. */
    export: (call: CallOptions = {}) =>
      request<ExportedOrg>({ method: 'GET', path: '/org/export', ...call }),
  }
}
