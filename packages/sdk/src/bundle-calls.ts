import type { Bundle, BundleKey, ImportBundle, ImportedBundle } from '@molecule/contract/bundle'
import type { CallOptions, Requester } from './request.ts'

/** Workspaces with what they are configured with, to take elsewhere. */
export function bundleCalls(request: Requester) {
  return {
    /** What bundles of this installation are signed with. */
    key: (call: CallOptions = {}) =>
      request<BundleKey>({ method: 'GET', path: '/bundles/key', ...call }),
    /** A workspace and all below it, signed. */
    export: (workspace: string, call: CallOptions = {}) =>
      request<Bundle>({
        method: 'GET',
        path: `/bundles/export/${encodeURIComponent(workspace)}`,
        ...call,
      }),
    /** New workspaces of it: all or none. 403 when it is not signed with the key that is asked for. */
    import: (
      bundle: Record<string, unknown>,
      options: ImportBundle = {},
      call: CallOptions = {},
    ) => {
      const query = new URLSearchParams(options as Record<string, string>).toString()
      return request<ImportedBundle>({
        method: 'POST',
        path: `/bundles/import${query && `?${query}`}`,
        body: bundle,
        ...call,
      })
    },
  }
}
