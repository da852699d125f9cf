import type { Right } from '@molecule/contract/identity'
import type { Person, PrincipalOf } from '../domain/identity/principal.ts'
import { refusedPolicy } from './compat/refusals.ts'

/**
 * Who may call a route. `public` says why it needs no credential; `rights` are those that people and org tokens must all have;
 * `workspace` says how far the token of a workspace reaches, which the route itself sees to.
 */
export type Rule =
  | { public: string }
  | { rights: readonly Right[]; workspace?: string }
  | { workspace: string }
  | { only: 'session' | 'host' | 'boot' }
  | { anybody: string }

const page = { public: 'a static page, without anything of the org in it' }
const delivery = { public: 'its sender has a secret to sign with, and no credential' }
const host = { only: 'host' } as const
const readWorkspaces = ['workspaces:read'] as const
const writeWorkspaces = ['workspaces:write'] as const
const readTasks = ['tasks:read'] as const
const writeTasks = ['tasks:write'] as const
const readAll = ['workspaces:read', 'tasks:read'] as const
const backends = { rights: ['backends:use'] } as const
const admin = { rights: ['org:admin'] } as const

/** Every route there is. One that is missing here cannot be served: `guard` takes its name from this table. */
export const policy = {
  'GET /health': { public: 'a prober has no credential; it tells that the process answers' },
  'GET /readyz': { public: 'a prober has no credential; it tells which check fails, and no more' },
  'GET /install/molecule.tgz': {
    public: 'the CLI itself, for machines that have no credential yet; nothing of the org is in it',
  },
  'POST /auth/login': { public: 'exchanges the one-time token in its body' },
  'GET /': page,
  'GET /login': page,
  'GET /canvas': page,
  'GET /canvas/*': page,
  'GET /assets/*': page,

  'GET /workspaces': { rights: readWorkspaces, workspace: 'itself and whom it may talk to' },
  'POST /workspaces': { rights: writeWorkspaces },
  'GET /workspaces/:id': { rights: readWorkspaces, workspace: 'itself and whom it may talk to' },
  'PATCH /workspaces/:id': { rights: writeWorkspaces, workspace: 'itself, cosmetic fields' },
  'POST /workspaces/:id/restart': { rights: writeWorkspaces },
  'POST /workspaces/:id/pause': { rights: writeWorkspaces },
  'POST /workspaces/:id/resume': { rights: writeWorkspaces },
  'POST /workspaces/:id/hibernate': { rights: writeWorkspaces },
  'POST /workspaces/:id/wake': { rights: writeWorkspaces },
  'POST /workspaces/:id/collapse': { rights: writeWorkspaces },
  'GET /workspaces/:id/subtree': { rights: readWorkspaces },
  'GET /workspaces/:id/usage': { rights: readWorkspaces },
  'GET /workspaces/:id/logs': { rights: readWorkspaces },
  'GET /workspaces/:id/console': { rights: readWorkspaces },
  'GET /workspaces/:id/agents': {
    rights: readWorkspaces,
    workspace: 'itself and whom it may talk to',
  },
  'GET /workspaces/:id/state': {
    rights: readWorkspaces,
    workspace: 'itself and whom it may talk to',
  },
  'GET /workspaces/:id/model': {
    rights: readWorkspaces,
    workspace: 'itself and whom it may talk to',
  },
  'PUT /workspaces/:id/model': { rights: writeWorkspaces },
  'GET /workspaces/:id/shared-context': {
    rights: readWorkspaces,
    workspace: 'itself and whom it may talk to',
  },
  'GET /agents': { rights: readWorkspaces, workspace: 'itself and whom it may talk to' },
  'GET /agents/:id': { rights: readWorkspaces, workspace: 'itself and whom it may talk to' },
  'DELETE /workspaces/:id': { rights: writeWorkspaces },
  'POST /workspaces/:id/tasks': { rights: writeTasks },
  'GET /workspaces/:id/.well-known/agent-card.json': {
    rights: readWorkspaces,
    workspace: 'itself and whom it may talk to',
  },
  'POST /workspaces/:id/a2a': { rights: writeTasks, workspace: 'whom it may talk to' },
  'POST /workspaces/:id/a2a/message:send': {
    rights: writeTasks,
    workspace: 'whom it may talk to',
  },
  'POST /workspaces/:id/a2a/message:stream': {
    rights: writeTasks,
    workspace: 'whom it may talk to',
  },
  'GET /workspaces/:id/a2a/tasks': {
    rights: readTasks,
    workspace: 'those it asked for or was asked for',
  },
  'GET /workspaces/:id/a2a/tasks/:ref': {
    rights: readTasks,
    workspace: 'those it asked for or was asked for',
  },
  'POST /workspaces/:id/a2a/tasks/:ref': {
    rights: writeTasks,
    workspace: 'those it asked for or was asked for',
  },
  'POST /workspaces/:id/a2a/tasks/:ref/pushNotificationConfigs': {
    rights: writeTasks,
    workspace: 'those it asked for or was asked for',
  },
  'GET /workspaces/:id/a2a/tasks/:ref/pushNotificationConfigs': {
    rights: writeTasks,
    workspace: 'those it asked for or was asked for',
  },
  'GET /workspaces/:id/a2a/tasks/:ref/pushNotificationConfigs/:config': {
    rights: writeTasks,
    workspace: 'those it asked for or was asked for',
  },
  'DELETE /workspaces/:id/a2a/tasks/:ref/pushNotificationConfigs/:config': {
    rights: writeTasks,
    workspace: 'those it asked for or was asked for',
  },
  'GET /workspaces/:id/a2a/extendedAgentCard': {
    rights: readWorkspaces,
    workspace: 'itself and whom it may talk to',
  },
  'POST /workspaces/:id/delegate': { rights: writeTasks, workspace: 'in its own name' },
  'GET /workspaces/:id/delegations': { rights: readTasks, workspace: 'its own' },
  'POST /workspaces/:id/delegations/record': { rights: writeTasks, workspace: 'in its own name' },
  'POST /workspaces/:id/delegations/:delegationId/update': {
    rights: writeTasks,
    workspace: 'its own',
  },
  'POST /workspaces/:id/work/lease': { workspace: 'its own' },
  'POST /workspaces/:id/work/:task/start': { workspace: 'its own' },
  'POST /workspaces/:id/work/:task/return': { workspace: 'its own' },
  'POST /workspaces/:id/work/:task/complete': { workspace: 'its own' },
  'GET /workspaces/:id/inbox': { rights: readTasks, workspace: 'its own' },
  'POST /workspaces/:id/inbox/ack': { rights: writeTasks, workspace: 'its own' },

  'GET /workspaces/:id/activity': { rights: readTasks, workspace: 'its own' },
  'GET /workspaces/:id/activity/:activityId': { rights: readTasks, workspace: 'its own' },
  'POST /workspaces/:id/activity': { workspace: 'its own' },
  'POST /workspaces/:id/notify': { workspace: 'in its own name' },
  'POST /workspaces/:id/chat/uploads': { rights: writeTasks, workspace: 'its own' },
  'GET /workspaces/:id/chat/download': { rights: readTasks, workspace: 'its own' },
  'GET /workspaces/:id/session-search': { rights: readTasks, workspace: 'its own' },

  'GET /workspaces/:id/schedules': { rights: readTasks, workspace: 'its own' },
  'POST /workspaces/:id/schedules': { rights: writeTasks, workspace: 'its own' },
  'GET /workspaces/:id/schedules/health': {
    rights: readTasks,
    workspace: 'itself and whom it may talk to',
  },
  'PATCH /workspaces/:id/schedules/:schedule': { rights: writeTasks, workspace: 'its own' },
  'DELETE /workspaces/:id/schedules/:schedule': { rights: writeTasks, workspace: 'its own' },
  'POST /workspaces/:id/schedules/:schedule/run': { rights: writeTasks, workspace: 'its own' },
  'GET /workspaces/:id/schedules/:schedule/history': { rights: readTasks, workspace: 'its own' },
  'GET /admin/schedules/health': { rights: readTasks },

  'GET /workspaces/:id/config': { rights: readWorkspaces, workspace: 'its own' },
  'PUT /workspaces/:id/config': { rights: writeWorkspaces, workspace: 'its own' },
  'PATCH /workspaces/:id/config': { rights: writeWorkspaces, workspace: 'its own' },
  'GET /workspaces/:id/config/versions': { rights: readWorkspaces, workspace: 'its own' },
  'GET /workspaces/:id/config/versions/:version': { rights: readWorkspaces, workspace: 'its own' },
  'POST /workspaces/:id/config/versions/:version/restore': {
    rights: writeWorkspaces,
    workspace: 'its own',
  },

  'GET /workspaces/:id/external/connection': { rights: ['tokens:read'] },
  'POST /workspaces/:id/external/rotate': { rights: ['tokens:write'] },
  'POST /workspaces/:id/mcp': { rights: readWorkspaces, workspace: 'its own' },
  'GET /workspaces/:id/mcp': { rights: readWorkspaces, workspace: 'its own' },
  'DELETE /workspaces/:id/mcp': { rights: readWorkspaces, workspace: 'its own' },
  'POST /mcp': { rights: readWorkspaces },
  'GET /mcp': { rights: readWorkspaces },
  'DELETE /mcp': { rights: readWorkspaces },

  'GET /bundles/key': { rights: readWorkspaces },
  'GET /bundles/export/:id': { rights: readWorkspaces },
  'POST /bundles/import': { rights: writeWorkspaces },

  'GET /templates': { rights: readWorkspaces },
  'POST /templates/import': { rights: writeWorkspaces },
  'GET /templates/:id': { rights: readWorkspaces },
  'PUT /templates/:id': { rights: writeWorkspaces },
  'DELETE /templates/:id': { rights: writeWorkspaces },
  'GET /workspaces/:id/webhooks': { rights: readTasks, workspace: 'its own' },
  'POST /workspaces/:id/webhooks': { rights: writeTasks, workspace: 'its own' },
  'PATCH /workspaces/:id/webhooks/:webhookId': { rights: writeTasks, workspace: 'its own' },
  'DELETE /workspaces/:id/webhooks/:webhookId': { rights: writeTasks, workspace: 'its own' },
  'POST /workspaces/:id/webhooks/:webhookId/rotate': { rights: writeTasks, workspace: 'its own' },
  'GET /workspaces/:id/webhooks/:webhookId/deliveries': { rights: readTasks, workspace: 'its own' },
  'POST /webhooks/in/:webhookId': delivery,
  'POST /webhooks/github': delivery,
  'POST /webhooks/github/:id': delivery,

  'GET /org/templates': { rights: readWorkspaces },
  'POST /org/import': { rights: writeWorkspaces },
  'GET /org/leftovers': { rights: readWorkspaces },
  'POST /org/prune': { rights: writeWorkspaces },
  'GET /org/export': { rights: readWorkspaces },
  'POST /org/plan': { rights: readWorkspaces },
  'POST /org/apply': { rights: writeWorkspaces },

  'GET /tasks': { rights: readTasks },
  'GET /tasks/:id': { rights: readTasks, workspace: 'those it asked for or was asked for' },
  'GET /tasks/:id/explain': { rights: readTasks, workspace: 'those it asked for or was asked for' },
  'GET /tasks/:id/output': { rights: readTasks, workspace: 'those it asked for or was asked for' },
  'POST /tasks/:id/answer': { rights: writeTasks, workspace: 'those it asked for' },
  'POST /tasks/:id/cancel': { rights: writeTasks, workspace: 'those it asked for' },
  'POST /tasks/:id/extend': { rights: writeTasks, workspace: 'those it asked for' },
  'POST /tasks/:id/reassign': { rights: writeTasks, workspace: 'those it asked for' },
  'POST /tasks/:id/retry': { rights: writeTasks, workspace: 'those it asked for' },
  'POST /tasks/:id/question': { workspace: 'those it works on' },
  'POST /tasks/:id/progress': { workspace: 'those it works on' },

  'GET /events': { rights: readAll, workspace: 'of itself and its peers, and its own tasks' },
  'GET /ws': { rights: readAll, workspace: 'of itself and its peers, and its own tasks' },
  'GET /canvas/snapshot': { rights: readAll },

  'GET /auth/session': { anybody: 'tells a credential whose it is' },
  'POST /auth/logout': { only: 'session' },
  'POST /auth/link': admin,
  'GET /auth/sessions': admin,
  'DELETE /auth/sessions/:id': admin,

  'GET /runtimes': { rights: readWorkspaces },
  'GET /admin/resources': admin,
  'GET /admin/liveness': admin,
  'GET /admin/delegations': admin,
  'GET /admin/delegations/stats': admin,
  'POST /admin/a2a-queue/drop-stale': admin,

  'GET /workspaces/:id/tokens': { rights: ['tokens:read'] },
  'POST /workspaces/:id/tokens': { rights: ['tokens:write'] },
  'POST /workspaces/:id/tokens/rotate': { rights: ['tokens:write'] },
  'DELETE /workspaces/:id/tokens/:tokenId': { rights: ['tokens:write'] },
  'POST /admin/workspaces/:id/tokens': admin,
  'GET /org/tokens': admin,
  'POST /org/tokens': admin,
  'POST /org/tokens/:id/rotate': admin,
  'DELETE /org/tokens/:id': admin,

  'GET /workspaces/:id/secrets': { rights: ['secrets:read'], workspace: 'names of its own' },
  'GET /workspaces/:id/secrets/values': { workspace: 'its own' },
  'POST /workspaces/:id/secrets': { rights: ['secrets:write'] },
  'PUT /workspaces/:id/secrets': { rights: ['secrets:write'] },
  'DELETE /workspaces/:id/secrets/:key': { rights: ['secrets:write'] },
  'GET /settings/secrets': { rights: ['secrets:read'] },
  'POST /settings/secrets': { rights: ['secrets:write'] },
  'PUT /settings/secrets': { rights: ['secrets:write'] },
  'DELETE /settings/secrets/:key': { rights: ['secrets:write'] },
  'GET /settings/secrets/:key/dependents': { rights: ['secrets:read'] },
  'POST /settings/secrets/restart-dependents': { rights: ['workspaces:write'] },
  'GET /admin/secrets': { rights: ['secrets:read'] },
  'POST /admin/secrets': { rights: ['secrets:write'] },
  'DELETE /admin/secrets/:key': { rights: ['secrets:write'] },
  'POST /admin/secrets/rotate-key': admin,

  'GET /audit': { rights: ['audit:read'] },
  'GET /audit/verify': { rights: ['audit:read'] },
  'GET /audit/export': { rights: ['audit:read'] },

  'POST /registry/register': { workspace: 'itself' },
  'POST /registry/heartbeat': { workspace: 'itself' },
  'POST /registry/update-card': { workspace: 'itself' },
  'GET /registry/discover/:id': { rights: readWorkspaces, workspace: 'whom it may talk to' },
  'GET /registry/:id/peers': { rights: readWorkspaces, workspace: 'its own' },
  'POST /registry/check-access': { rights: readWorkspaces, workspace: 'itself as the caller' },

  'POST /admin/shutdown': admin,

  'GET /backend/v1/offer': backends,
  'POST /backend/v1/start': backends,
  'POST /backend/v1/stop': backends,
  'POST /backend/v1/inspect': backends,
  'POST /backend/v1/list': backends,
  'POST /backend/v1/logs': backends,
  'POST /backend/v1/purge': backends,

  'POST /host/enrol': { only: 'boot' },
  'POST /host/lease': host,
  'POST /host/start': host,
  'POST /host/beat': host,
  'POST /host/complete': host,
  'POST /host/fail': host,
  'GET /host/secrets': host,
  'GET /host/config': host,

  ...refusedPolicy,
} as const satisfies Record<string, Rule>

export type Route = keyof typeof policy
export const ruleOf = (route: Route): Rule => policy[route]

type Workspace = PrincipalOf<'workspace'>
type Of<R> = R extends { rights: readonly Right[] }
  ? Person | (R extends { workspace: string } ? Workspace : never)
  : R extends { workspace: string }
    ? Workspace
    : R extends { only: infer K extends 'session' | 'host' | 'boot' }
      ? PrincipalOf<K>
      : R extends { anybody: string }
        ? Person | Workspace
        : never

/** Whom the handler of a route meets. */
export type PrincipalFor<R extends Route> = Of<(typeof policy)[R]>
