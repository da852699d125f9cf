import type { ErrorCode } from '@molecule/contract/problem'

type Refusal = {
  /** `route_gone`: something else has taken its place. `not_available_yet`: there is no such service. */
  code: ErrorCode & ('route_gone' | 'not_available_yet')
  /** A sentence for whoever still calls it. */
  why: string
  /** What to do instead. */
  use: string
  routes: readonly `${string} /${string}`[]
}

/** Routes that older clients may call and that nothing is behind. One table: the router answers by it, and the docs list it. */
export const refusals = [
  {
    code: 'route_gone',
    why: 'A team is made of its members, so that asking twice makes nothing twice.',
    use: 'Use POST /org/apply with a template, or POST /workspaces with a parent_id.',
    routes: ['POST /workspaces/:id/expand'],
  },
  {
    code: 'route_gone',
    why: 'The agent of a workspace is the workspace itself.',
    use: 'Use PUT /workspaces/:id/model, PATCH /workspaces/:id with a parent_id, or DELETE /workspaces/:id.',
    routes: [
      'POST /workspaces/:id/agent',
      'PATCH /workspaces/:id/agent',
      'DELETE /workspaces/:id/agent',
      'POST /workspaces/:id/agent/move',
    ],
  },
  {
    code: 'route_gone',
    why: 'The files that a workspace is configured with are changed together, and every version of them is kept.',
    use: 'Use GET and PUT /workspaces/:id/config.',
    routes: [
      'GET /workspaces/:id/files',
      'PUT /workspaces/:id/files',
      'GET /workspaces/:id/files/*',
      'PUT /workspaces/:id/files/*',
      'DELETE /workspaces/:id/files/*',
    ],
  },
  {
    code: 'route_gone',
    why: 'There is one feed of events, which shows every caller its part.',
    use: 'Use GET /events, with Accept: text/event-stream for a stream; GET /workspaces/:id/activity is the log of one workspace.',
    routes: ['GET /events/:workspaceId', 'GET /workspaces/:id/events/stream'],
  },
  {
    code: 'route_gone',
    why: 'MCP is served over Streamable HTTP, without a stream of its own.',
    use: 'Use POST /workspaces/:id/mcp.',
    routes: ['GET /workspaces/:id/mcp/stream'],
  },
  {
    code: 'route_gone',
    why: 'Where somebody looks on the canvas is known to their browser alone.',
    use: 'The place of a workspace is x and y of PATCH /workspaces/:id.',
    routes: ['GET /canvas/viewport', 'PUT /canvas/viewport'],
  },
  {
    code: 'route_gone',
    why: 'A token is made by whoever has the right to, and recorded.',
    use: 'Use POST /admin/workspaces/:id/tokens.',
    routes: ['GET /admin/workspaces/:id/test-token'],
  },
  {
    code: 'route_gone',
    why: 'The server sees by itself that a start fails, and in which phase.',
    use: 'Read failure_reason of GET /workspaces/:id.',
    routes: ['POST /admin/workspaces/:id/bootstrap-failed'],
  },
  {
    code: 'route_gone',
    why: 'A start takes the image that its setting names, and pulls what is not there.',
    use: 'Set MOLECULE_DOCKER_IMAGE, then POST /workspaces/:id/restart.',
    routes: ['POST /admin/workspace-images/refresh'],
  },
  {
    code: 'not_available_yet',
    why: 'There is no memory service.',
    use: 'Keep notes in the folder of the workspace, or in its configuration: PUT /workspaces/:id/config.',
    routes: [
      'GET /workspaces/:id/memories',
      'POST /workspaces/:id/memories',
      'PATCH /workspaces/:id/memories/:memoryId',
      'DELETE /workspaces/:id/memories/:memoryId',
      'GET /workspaces/:id/memory',
      'POST /workspaces/:id/memory',
      'GET /workspaces/:id/memory/:key',
      'DELETE /workspaces/:id/memory/:key',
      'GET /workspaces/:id/v2/memories',
      'POST /workspaces/:id/v2/memories',
      'DELETE /workspaces/:id/v2/memories',
      'DELETE /workspaces/:id/v2/memories/:memoryId',
      'GET /workspaces/:id/v2/namespaces',
      'GET /admin/memories/export',
      'POST /admin/memories/import',
    ],
  },
  {
    code: 'not_available_yet',
    why: 'There are no approvals.',
    use: 'An agent asks with POST /tasks/:id/question, and its task waits for POST /tasks/:id/answer.',
    routes: [
      'GET /workspaces/:id/approvals',
      'POST /workspaces/:id/approvals',
      'POST /workspaces/:id/approvals/:approvalId/decide',
      'GET /approvals/pending',
    ],
  },
  {
    code: 'not_available_yet',
    why: 'There are no channels to chat services.',
    use: 'Let the service call a webhook, POST /workspaces/:id/webhooks, or ask with POST /workspaces/:id/tasks and a reply_to.',
    routes: [
      'GET /channels/adapters',
      'POST /channels/discover',
      'GET /workspaces/:id/channels',
      'POST /workspaces/:id/channels',
      'PATCH /workspaces/:id/channels/:channelId',
      'DELETE /workspaces/:id/channels/:channelId',
      'POST /workspaces/:id/channels/:channelId/send',
      'POST /workspaces/:id/channels/:channelId/test',
      'POST /webhooks/:type',
    ],
  },
  {
    code: 'not_available_yet',
    why: 'There is no registry of plugins.',
    use: 'Put skills and prompts into the configuration: PUT /workspaces/:id/config.',
    routes: [
      'GET /plugins',
      'GET /plugins/sources',
      'GET /workspaces/:id/plugins',
      'POST /workspaces/:id/plugins',
      'GET /workspaces/:id/plugins/available',
      'GET /workspaces/:id/plugins/compatibility',
      'DELETE /workspaces/:id/plugins/:name',
      'GET /workspaces/:id/plugins/:name/download',
      'GET /orgs/:id/plugins/allowlist',
      'PUT /orgs/:id/plugins/allowlist',
    ],
  },
  {
    code: 'not_available_yet',
    why: 'There are no instructions of the platform.',
    use: 'Put them into the configuration of the workspaces: PUT /workspaces/:id/config, or a template.',
    routes: [
      'GET /instructions',
      'POST /instructions',
      'PUT /instructions/:id',
      'DELETE /instructions/:id',
      'GET /workspaces/:id/instructions/resolve',
    ],
  },
  {
    code: 'not_available_yet',
    why: 'Agents are not asked for their transcripts.',
    use: 'Use GET /tasks/:id/output for what an agent printed, GET /workspaces/:id/logs for its host.',
    routes: ['GET /workspaces/:id/transcript'],
  },
  {
    code: 'not_available_yet',
    why: 'Checkpoints of a workflow are not stored.',
    use: 'Keep them in MOLECULE_SESSION_DIR: an interrupted task is given to the next attempt.',
    routes: [
      'POST /workspaces/:id/checkpoints',
      'GET /workspaces/:id/checkpoints/latest',
      'GET /workspaces/:id/checkpoints/:workflowId',
      'DELETE /workspaces/:id/checkpoints/:workflowId',
    ],
  },
  {
    code: 'not_available_yet',
    why: 'Calls of models are not recorded.',
    use: 'Use GET /audit for what was done with a privilege, GET /tasks/:id for the timeline of a task.',
    routes: ['GET /workspaces/:id/audit', 'GET /workspaces/:id/traces'],
  },
  {
    code: 'not_available_yet',
    why: 'There are no budgets, and tokens of models are not counted.',
    use: 'Use GET /workspaces/:id/usage for what a start uses, GET /admin/resources for what it costs.',
    routes: [
      'GET /workspaces/:id/budget',
      'PATCH /workspaces/:id/budget',
      'GET /workspaces/:id/metrics',
    ],
  },
  {
    code: 'not_available_yet',
    why: 'There are no metrics in the form of Prometheus.',
    use: 'Use GET /readyz for a check, GET /admin/liveness and GET /admin/resources for numbers.',
    routes: ['GET /metrics'],
  },
  {
    code: 'not_available_yet',
    why: 'Tokens of a GitHub app are not fetched.',
    use: 'Save a token as a secret, PUT /workspaces/:id/secrets, and read it from the environment.',
    routes: [
      'GET /workspaces/:id/github-installation-token',
      'GET /admin/github-installation-token',
    ],
  },
  {
    code: 'not_available_yet',
    why: 'There are no repositories of artifacts.',
    use: 'Use a git repository of your own, with its credential as a secret.',
    routes: [
      'GET /workspaces/:id/artifacts',
      'POST /workspaces/:id/artifacts',
      'POST /workspaces/:id/artifacts/fork',
      'POST /workspaces/:id/artifacts/token',
    ],
  },
  {
    code: 'not_available_yet',
    why: 'There is no terminal into a workspace.',
    use: 'Use GET /workspaces/:id/logs?follow=true to look on.',
    routes: ['GET /workspaces/:id/terminal'],
  },
] as const satisfies readonly Refusal[]

export type RefusedRoute = (typeof refusals)[number]['routes'][number]

/** Whoever has a credential is told; nobody else learns what there is. */
const rule = { anybody: 'tells whoever is known what there is instead' }

export const refusedPolicy = Object.fromEntries(
  refusals.flatMap(({ routes }) => routes.map((route) => [route, rule])),
) as Record<RefusedRoute, typeof rule>
