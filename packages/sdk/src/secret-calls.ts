import type {
  DeletedSecret,
  RestartDependents,
  RollingRestart,
  RotatedKey,
  SavedSecret,
  SaveSecret,
  SecretDependents,
  SecretEntry,
  SecretValues,
} from '@molecule/contract/secret'
import type { CallOptions, Requester } from './request.ts'

/** Secrets of the org, and of one workspace, which override them. Values go in and never come out. */
export function secretCalls(request: Requester) {
  const named = (path: string, key: string) => `${path}/${encodeURIComponent(key)}`
  const own = (id: string) => `/workspaces/${encodeURIComponent(id)}/secrets`
  const global = '/settings/secrets'
  return {
    global: {
      list: (call: CallOptions = {}) =>
        request<SecretEntry[]>({ method: 'GET', path: global, ...call }),
      save: (body: SaveSecret, call: CallOptions = {}) =>
        request<SavedSecret>({ method: 'PUT', path: global, body, ...call }),
      remove: (key: string, call: CallOptions = {}) =>
        request<DeletedSecret>({ method: 'DELETE', path: named(global, key), ...call }),
      dependents: (key: string, call: CallOptions = {}) =>
        request<SecretDependents>({
          method: 'GET',
          path: `${named(global, key)}/dependents`,
          ...call,
        }),
    },
    workspace: {
      /** Merged: its own, and the global ones it gets. */
      list: (id: string, call: CallOptions = {}) =>
        request<SecretEntry[]>({ method: 'GET', path: own(id), ...call }),
      save: (id: string, body: SaveSecret, call: CallOptions = {}) =>
        request<SavedSecret>({ method: 'PUT', path: own(id), body, ...call }),
      remove: (id: string, key: string, call: CallOptions = {}) =>
        request<DeletedSecret>({ method: 'DELETE', path: named(own(id), key), ...call }),
      /** For the agent itself: every value it gets, all or none. */
      values: (id: string, call: CallOptions = {}) =>
        request<SecretValues>({ method: 'GET', path: `${own(id)}/values`, ...call }),
    },
    /** Restarts what needs it, a few at a time, each when it is idle. */
    restartDependents: (body: RestartDependents = {}, call: CallOptions = {}) =>
      request<RollingRestart>({
        method: 'POST',
        path: `${global}/restart-dependents`,
        body,
        ...call,
      }),
    rotateKey: (call: CallOptions = {}) =>
      request<RotatedKey>({ method: 'POST', path: '/admin/secrets/rotate-key', body: {}, ...call }),
  }
}
