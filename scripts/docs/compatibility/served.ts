import type { Route } from '../../../packages/server/src/http/policy.ts'

/** Routes of the reference that older clients call as they are: what they send is taken, and what they read is there. */
export const same = [
  'POST /registry/update-card',
  'GET /agents',
  'GET /agents/:id',
  'GET /workspaces/:id/agents',
  'GET /workspaces/:id/state',
  'GET /workspaces/:id/shared-context',
  'POST /workspaces/:id/pause',
  'POST /workspaces/:id/resume',
  'GET /workspaces/:id/delegations',
  'POST /workspaces/:id/delegations/record',
  'POST /workspaces/:id/activity',
  'GET /admin/delegations',
  'GET /admin/delegations/stats',
  'POST /workspaces/:id/chat/uploads',
  'GET /workspaces/:id/schedules',
  'PATCH /workspaces/:id/schedules/:schedule',
  'GET /workspaces/:id/schedules/health',
  'GET /workspaces/:id/secrets',
  'POST /workspaces/:id/secrets',
  'PUT /workspaces/:id/secrets',
  'DELETE /workspaces/:id/secrets/:key',
  'GET /workspaces/:id/secrets/values',
  'GET /settings/secrets',
  'POST /settings/secrets',
  'PUT /settings/secrets',
  'DELETE /settings/secrets/:key',
  'GET /admin/secrets',
  'POST /admin/secrets',
  'DELETE /admin/secrets/:key',
  'POST /admin/workspaces/:id/tokens',
  'GET /org/tokens',
  'DELETE /org/tokens/:id',
  'GET /templates',
  'POST /templates/import',
  'GET /org/templates',
  'GET /health',
] as const satisfies readonly Route[]

const forPeople = 'For people and org tokens: a workspace does not manage its own credentials.'

/** Those that answer otherwise, and how. */
export const changed = {
  'POST /registry/register':
    'Only with the token of the workspace, also the first time; no token is made here. An address such as `remote://no-inbound` means poll.',
  'POST /registry/heartbeat':
    '`runtime_metadata` and `monthly_spend` are passed over. What is left out keeps its last value, and any `runtime_state` but `wedged` means healthy.',
  'GET /registry/discover/:id':
    'Who asks is said by the token: no header is needed. Also `role`, `status` and `agent_card`.',
  'GET /registry/:id/peers': 'Also those further above and below.',
  'POST /registry/check-access': 'Needs a credential; an agent asks about itself.',
  'GET /workspaces': 'An agent may ask too, and gets those it may talk to.',
  'POST /workspaces':
    'Answers the whole row. `secrets`, `initial_memories`, `workspace_access` and `budget_limit` are passed over, and named in `Molecule-Ignored-Fields`. A name that a sibling has: 409.',
  'GET /workspaces/:id':
    'Needs a credential. One that was removed: 410 with `id`, `removed_at` and `hint`, always.',
  'PATCH /workspaces/:id': 'Answers the row. An agent may change name, role and place of its own.',
  'DELETE /workspaces/:id':
    '`cascade_deleted` lists ids. The row is removed at once; what runs is stopped until that is proven.',
  'GET /workspaces/:id/config':
    'All files with their revision; `config.yaml` is one of them, not an object.',
  'PATCH /workspaces/:id/config': 'Takes `{set, unset}` with keys of `config.yaml`, not an object.',
  'GET /workspaces/:id/console': 'Text, of every backend, instead of `{output}`.',
  'GET /workspaces/:id/model': '`source` is always `workspace`: a model is a field of the row.',
  'PUT /workspaces/:id/model': 'Answers the model. For people; none at all is refused.',
  'POST /workspaces/:id/restart':
    'Answers the row with its `generation`. Of an agent elsewhere nothing changes. `reset` is `reset_session`.',
  'POST /workspaces/:id/hibernate':
    'The status is `hibernating` until the stop is proven. With `force` what runs is interrupted and goes on later.',
  'POST /workspaces/:id/collapse':
    'Removes everything below, not the children alone, and asks for `?confirm=true`.',
  'POST /workspaces/:id/a2a':
    'A2A 0.3 and 1.0; up to 12 MiB, then 413. What is not answered in time is 202 with its task and place, also of a hibernated, paused or busy workspace: never 503. `{agent_id, message}` is answered `{result}` or `{error}`.',
  'POST /workspaces/:id/delegate':
    'An agent that leaves `target_id` out asks the workspace in the path, in its own name. Also `queue`.',
  'POST /workspaces/:id/delegations/:delegationId/update':
    'Also takes `queued` and `in_progress`. `status` says what it is now: what has ended stays as it ended.',
  'POST /admin/a2a-queue/drop-stale': 'They fail with the reason `dropped`; who asked is told.',
  'GET /workspaces/:id/activity':
    'Each entry also has `data: {source, source_id, text}`, `seq` and `direction`. A text of more than 32 000 characters is cut and says so; the entry itself has all of it.',
  'POST /workspaces/:id/notify':
    'Kept as a message of the agent, never among those to it. A `type` without a message is answered `{status: "ignored"}` with the reason.',
  'GET /workspaces/:id/chat/download':
    'The files that were uploaded, by their path or their uri; no other file of a workspace.',
  'GET /workspaces/:id/session-search': 'The log alone: there are no memories.',
  'POST /workspaces/:id/schedules': 'Answers the whole row; unknown fields are refused.',
  'DELETE /workspaces/:id/schedules/:schedule': '204.',
  'POST /workspaces/:id/schedules/:schedule/run':
    'Makes the task itself: 202 `{task_id}`, and nothing is left to send.',
  'GET /workspaces/:id/schedules/:schedule/history':
    'Every time with its `outcome` and its task, skipped ones too.',
  'GET /admin/schedules/health': 'Also `disabled`.',
  'GET /workspaces/:id/tokens': forPeople,
  'POST /workspaces/:id/tokens': forPeople,
  'DELETE /workspaces/:id/tokens/:tokenId': forPeople,
  'POST /workspaces/:id/external/rotate':
    'For people. `snippets` is a list, in the place of a key for each kind of agent.',
  'GET /workspaces/:id/external/connection':
    'For people. `snippets` is a list, in the place of a key for each kind of agent.',
  'POST /org/tokens':
    'Has scopes and an end: read-only for 90 days unless it says otherwise. Unknown fields are refused.',
  'GET /events':
    'A page `{events, next, head, epoch, reset}` after `since`, and a stream with `Accept: text/event-stream`.',
  'GET /ws':
    'Needs a credential. Begins with `hello`, resumes with `since`, and never leaves a gap without a `reset`.',
  'POST /org/import': 'All or nothing: there is no 207. Unknown keys are passed over.',
  'GET /bundles/export/:id': 'Signed, with what looks like a secret blacked out.',
  'POST /bundles/import': 'All or nothing. One that was changed after it was signed is refused.',
  'GET /admin/liveness': '`{controllers: [{name, seconds_ago, …}]}`: every one of them.',
  'POST /webhooks/github':
    'Makes work by the webhooks of the workspace: 202 with tasks. 200 for a delivery that came before.',
  'POST /webhooks/github/:id':
    'Makes work by the webhooks of the workspace: 202 with tasks. 200 for a delivery that came before.',
  'POST /workspaces/:id/mcp':
    'Streamable HTTP in the current versions of MCP. Without the tools of memory; with `wait_for_message` and others.',
} as const satisfies Partial<Record<Route, string>>
