type Line = { needs: string; gets: string }

/** What each published client needs beside the routes as such, and what it gets. */
export const clients: Record<string, Line[]> = {
  'Runtime in a container': [
    {
      needs: 'registers, beats, reports activity and delegations with the token of its file',
      gets: 'as it is, where it sends that token with every call: what it sends with a header alone is 401',
    },
    {
      needs: 'a `notify` with a `type` and no message is not an error',
      gets: '200 `{status: "ignored"}` with the reason',
    },
    {
      needs: 'memories, approvals, instructions, checkpoints',
      gets: '501; its start goes on without instructions',
    },
  ],
  '`molecule-mcp` (wheel), and with it the Hermes plugin and the Codex bridge': [
    { needs: 'registers without an address, beats with five fields', gets: 'as it is' },
    { needs: 'oldest first behind a cursor, 410 for one that is gone', gets: 'as it is' },
    { needs: 'delegations, peers, notify', gets: 'as it is; memory tools get 501' },
  ],
  'Claude Code channel': [
    { needs: '410 for the zero cursor, as its probe', gets: 'as it is' },
    { needs: 'uploads, and notices that name them', gets: 'as it is' },
    {
      needs: '`X-Source-Workspace-Id` says who writes to a peer',
      gets: 'the token says it; the header changes nothing',
    },
    {
      needs: 'name and role of a peer without `X-Workspace-ID`',
      gets: 'as it is for agents with an address; the bare id for others',
    },
  ],
  'Operator MCP server': [
    {
      needs: 'calls without a credential',
      gets: '401: put a proxy on the loopback in front that adds `Authorization`',
    },
    { needs: '`last_heartbeat_at` and `uptime_seconds` in list and detail', gets: 'as it is' },
    {
      needs: '`result.parts` of an answer',
      gets: 'the parts of the finished task, for callers that name no `A2A-Version`',
    },
    { needs: 'secrets by POST, global ones by PUT', gets: 'both everywhere' },
    { needs: '`expand_team`', gets: '410, naming the apply of a template' },
    { needs: '`get_shared_context`', gets: '`[]`' },
    { needs: '`notify_user` with a `type` and no message', gets: '200, and that nobody was told' },
    {
      needs: 'tools for agents, files, viewport',
      gets: '410 with the route that took their place',
    },
    { needs: 'tools for memory, plugins, channels, approvals, traces', gets: '501' },
  ],
  'Command line `molecule` of the reference': [
    {
      needs: 'calls without a credential but for `connect`',
      gets: '401: the same proxy helps; the `molecule` of this project has all commands',
    },
    {
      needs: '`/agents`, `/agents/:id`, `/workspaces/:id/agents`',
      gets: 'one agent for each workspace, under its id',
    },
    {
      needs: '`{agent_id, message}` answered within 30 s by `{result}` or `{error}`',
      gets: 'the answer, or after 25 s the number of the task; `X-Timeout` says otherwise',
    },
    {
      needs: 'parts with `type`, a page of newest messages without a cursor',
      gets: 'parts with `type` and `kind`, newest first without a cursor',
    },
    { needs: '`runtime_state: "ok"`', gets: 'means healthy' },
  ],
  'Python SDK `molecule_agent`': [
    { needs: 'registers with `remote://no-inbound`', gets: 'is polled' },
    {
      needs: 'registers again without its token',
      gets: '401: pass the token to `register`, as every other call does',
    },
    { needs: '`data: {source, text}` in each entry of the log', gets: 'as it is' },
    {
      needs: 'delegates to the path of its target',
      gets: 'works where the body has no `target_id` and the path is not its own',
    },
    { needs: '`state` with `paused` and `deleted`', gets: 'as it is; 401 once it was removed' },
    { needs: 'the secrets it gets, as a flat map', gets: 'as it is' },
    {
      needs: 'answers calls with `{status: "ok", result}`',
      gets: 'read as what it says, although it is no JSON-RPC',
    },
    { needs: 'downloads plugins', gets: '501' },
  ],
  'Templates of images': [
    {
      needs: 'WORKSPACE_ID, PLATFORM_URL and a token in the environment or a file',
      gets: 'a start of ours has them; an image of theirs joins as an agent that runs elsewhere',
    },
    { needs: 'a GitHub token by their git helper', gets: '501: save it as a secret' },
  ],
}
