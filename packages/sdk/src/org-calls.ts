import type {
  ApplyOrg,
  ExportedOrg,
  ImportedOrg,
  LeftoverList,
  Leftovers,
  OrgApplied,
  OrgPlan,
  OrgTemplate,
  PlanOrg,
  PrunedOrg,
  PruneOrg,
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
    /** What earlier mishaps left: there twice, or never registered. */
    leftovers: (query: Leftovers = {}, call: CallOptions = {}) =>
      request<LeftoverList>({
        method: 'GET',
        path: `/org/leftovers?older_than_hours=${query.older_than_hours ?? 24}`,
        ...call,
      }),
    /** Removes those of these that are leftovers still. */
    prune: (body: PruneOrg, call: CallOptions = {}) =>
      request<PrunedOrg>({ method: 'POST', path: '/org/prune', body, ...call }),
    /** The organization as a template that makes it again. */
    export: (call: CallOptions = {}) =>
      request<ExportedOrg>({ method: 'GET', path: '/org/export', ...call }),
  }
}
