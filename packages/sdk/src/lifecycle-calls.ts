import type { WorkspaceUsage } from '@molecule/contract/admin'
import type {
  CollapseResult,
  HibernateResult,
  PauseResult,
  RestartWorkspace,
  ResumeResult,
  Subtree,
} from '@molecule/contract/lifecycle'
import type { DeleteWorkspaceResult, Workspace } from '@molecule/contract/workspace'
import type { CallOptions, Requester } from './request.ts'

type Removal = { confirm?: boolean; purge?: boolean }

/** The verbs of a workspace. Each is a wish: the answer carries its generation, to wait for with `workspaces.get`. */
export function lifecycleCalls(request: Requester) {
  const path = (id: string, rest = '') => `/workspaces/${encodeURIComponent(id)}${rest}`
  const post = <T>(id: string, verb: string, call: CallOptions, body: object = {}) =>
    request<T>({ method: 'POST', path: path(id, `/${verb}`), body, ...call })
  return {
    restart: (id: string, call: CallOptions = {}, options: RestartWorkspace = {}) =>
      post<Workspace>(id, 'restart', call, options),
    /** Stops it and all below it. */
    pause: (id: string, call: CallOptions = {}) => post<PauseResult>(id, 'pause', call),
    /** Starts what its pause stopped. */
    resume: (id: string, call: CallOptions = {}) => post<ResumeResult>(id, 'resume', call),
    /** Stops it until its next task; with open work only with `force`. */
    hibernate: (id: string, query: { force?: boolean } = {}, call: CallOptions = {}) =>
      request<HibernateResult>({
        method: 'POST',
        path: path(id, '/hibernate'),
        query,
        body: {},
        ...call,
      }),
    /** What its present start uses, as counted last. */
    usage: (id: string, call: CallOptions = {}) =>
      request<WorkspaceUsage>({ method: 'GET', path: path(id, '/usage'), ...call }),
    wake: (id: string, call: CallOptions = {}) => post<Workspace>(id, 'wake', call),
    /** What a verb would reach: itself and all below it. */
    subtree: (id: string, call: CallOptions = {}) =>
      request<Subtree>({ method: 'GET', path: path(id, '/subtree'), ...call }),
    /** Removes everything below it. */
    collapse: (id: string, query: Removal = {}, call: CallOptions = {}) =>
      request<CollapseResult>({
        method: 'POST',
        path: path(id, '/collapse'),
        query,
        body: {},
        ...call,
      }),
    /** Without `confirm` a workspace with children is refused, naming them. */
    remove: (id: string, query: Removal = {}, call: CallOptions = {}) =>
      request<DeleteWorkspaceResult>({ method: 'DELETE', path: path(id), query, ...call }),
  }
}
