import type {
  Access,
  CheckAccess,
  Connection,
  Discovered,
  Peer,
  Register,
  Registered,
  RegistryHeartbeat,
  RegistryOk,
  UpdateCard,
} from '@molecule/contract/registry'
import type { CallOptions, Requester } from './request.ts'

/** For agents that run elsewhere, with the token of their workspace; the last three also for people. */
export function registryCalls(request: Requester) {
  const path = (id: string, rest = '') => `/registry/${encodeURIComponent(id)}${rest}`
  const ofWorkspace = (id: string, verb: string) =>
    `/workspaces/${encodeURIComponent(id)}/external/${verb}`
  return {
    register: (body: Register, call: CallOptions = {}) =>
      request<Registered>({ method: 'POST', path: path('register'), body, ...call }),
    /** At least every 30 s: after 90 s of silence the workspace waits for its agent again. */
    heartbeat: (body: RegistryHeartbeat, call: CallOptions = {}) =>
      request<RegistryOk>({ method: 'POST', path: path('heartbeat'), body, ...call }),
    updateCard: (body: UpdateCard, call: CallOptions = {}) =>
      request<RegistryOk>({ method: 'POST', path: path('update-card'), body, ...call }),
    discover: (id: string, call: CallOptions = {}) =>
      request<Discovered>({
        method: 'GET',
        path: `/registry/discover/${encodeURIComponent(id)}`,
        ...call,
      }),
    /** Whom a workspace may talk to; `q` is looked for in names and roles. */
    peers: (id: string, query: { q?: string } = {}, call: CallOptions = {}) =>
      request<Peer[]>({ method: 'GET', path: path(id, '/peers'), query, ...call }),
    /** How an agent that runs elsewhere joins, without its token. For people. */
    connection: (workspace: string, call: CallOptions = {}) =>
      request<Connection>({ method: 'GET', path: ofWorkspace(workspace, 'connection'), ...call }),
    /** The same with a new token; the ones before are dead at once, or after `overlap_s` seconds. */
    rotate: (workspace: string, query: { overlap_s?: number } = {}, call: CallOptions = {}) =>
      request<Connection>({
        method: 'POST',
        path: ofWorkspace(workspace, 'rotate'),
        query,
        ...call,
      }),
    checkAccess: (body: CheckAccess, call: CallOptions = {}) =>
      request<Access>({ method: 'POST', path: path('check-access'), body, ...call }),
  }
}
