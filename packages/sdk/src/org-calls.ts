import type {
  ApplyOrg,
  ExportedOrg,
  ImportedOrg,
  OrgApplied,
  OrgPlan,
  OrgTemplate,
  PlanOrg,
} from '@molecule/contract/org'
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
    /** What lies on the server to be applied. */
    templates: (call: CallOptions = {}) =>
      request<OrgTemplate[]>({ method: 'GET', path: '/org/templates', ...call }),
    /** Makes what is missing of a template, in one call. */
    import: (
      body: { dir: string; force?: boolean } | { template: object; force?: boolean },
      call: CallOptions = {},
    ) => request<ImportedOrg>({ method: 'POST', path: '/org/import', body, ...call }),
    /** The organization as a template that makes it again. */
    export: (call: CallOptions = {}) =>
      request<ExportedOrg>({ method: 'GET', path: '/org/export', ...call }),
  }
}
