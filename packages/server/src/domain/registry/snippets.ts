import type { Snippet } from '@molecule/contract/registry'
import { outbound, refused, unreachable } from './snippet-problems.ts'
import { bridge, bridges, http, typescript, type Where } from './worker-snippets.ts'

/** Stands in the place of a token that is not told: what is pasted with it stops at once and says why. */
const missing = 'MOLECULE_WORKSPACE_TOKEN:?rotate the credentials to get a token'

/** How each kind of agent joins, in the words of that agent. Without a token each asks for one before it does anything. */
export function snippetsFor({ url, workspaceId, token }: Where): Snippet[] {
  const mcp = `${url}/workspaces/${workspaceId}/mcp`
  // Single quotes: a shell takes nothing in it for its own.
  const exported = token
    ? `export MOLECULE_WORKSPACE_TOKEN='${token}'`
    : `: "\${${missing}}"; export MOLECULE_WORKSPACE_TOKEN`
  const env = `${exported}\nexport PLATFORM_URL='${url}' WORKSPACE_ID='${workspaceId}'`
  const program = `npx -y '${url}/install/molecule.tgz'`
  return [
    universal(mcp, token),
    startedMcp({ url, workspaceId, token }),
    claude(env, mcp),
    channel(env, program),
    codex(env, mcp),
    gemini(env, mcp),
    opencode(env, mcp),
    ...bridges.map((each) => bridge(env, program, each)),
    typescript({ url, workspaceId, token }),
    http(env),
  ]
}

const universal = (mcp: string, token: string): Snippet => ({
  id: 'mcp',
  title: 'Any MCP client',
  language: 'json',
  text: JSON.stringify(
    {
      mcpServers: {
        molecule: {
          type: 'http',
          url: mcp,
          headers: { Authorization: `Bearer ${token || '<token>'}` },
        },
      },
    },
    null,
    2,
  ),
  common_problems: [
    {
      problem: 'The client starts programs only, and knows no address.',
      fix: 'Let it start `molecule mcp` with PLATFORM_URL, WORKSPACE_ID and MOLECULE_TOKEN in its environment.',
    },
    outbound,
    refused,
    unreachable,
  ],
})

const claude = (env: string, mcp: string): Snippet => ({
  id: 'claude-code',
  title: 'Claude Code',
  language: 'sh',
  text: `${env}
claude mcp add --transport http molecule '${mcp}' \\
  --header "Authorization: Bearer $MOLECULE_WORKSPACE_TOKEN"
claude mcp list`,
  common_problems: [
    {
      problem: 'The tools do not show up.',
      fix: 'Look at /mcp inside Claude Code; a server that failed is named there. Tools may be found by search only: set ENABLE_TOOL_SEARCH=false.',
    },
    {
      problem: 'It asks before every call.',
      fix: 'Start it with --allowedTools mcp__molecule, which allows the tools of this server.',
    },
    outbound,
    refused,
  ],
})

const codex = (env: string, mcp: string): Snippet => ({
  id: 'codex',
  title: 'Codex',
  language: 'sh',
  text: `${env}
mkdir -p "\${CODEX_HOME:-$HOME/.codex}"
cat >>"\${CODEX_HOME:-$HOME/.codex}/config.toml" <<'TOML'

[mcp_servers.molecule]
url = "${mcp}"
bearer_token_env_var = "MOLECULE_WORKSPACE_TOKEN"
TOML
codex mcp list`,
  common_problems: [
    {
      problem: 'Calls are refused: approval is required, but the policy is never.',
      fix: 'Start it with another approval policy, or with --sandbox danger-full-access where that is safe.',
    },
    {
      problem: 'It says nothing of a server that cannot be reached.',
      fix: 'Add required = true to the table: then it does not start without the tools.',
    },
    outbound,
    refused,
  ],
})

const gemini = (env: string, mcp: string): Snippet => ({
  id: 'gemini-cli',
  title: 'Gemini CLI',
  language: 'sh',
  text: `${env}
gemini mcp add --transport http molecule '${mcp}' \\
  --header "Authorization: Bearer $MOLECULE_WORKSPACE_TOKEN"
gemini mcp list`,
  common_problems: [
    {
      problem: 'It asks before every call.',
      fix: 'Add "trust": true to the server in .gemini/settings.json.',
    },
    outbound,
    refused,
  ],
})

const opencode = (env: string, mcp: string): Snippet => ({
  id: 'opencode',
  title: 'OpenCode',
  language: 'sh',
  text: `${env}
cat >opencode.json <<JSON
{
  "$schema": "https://opencode.ai/config.json",
  "mcp": {
    "molecule": {
      "type": "remote",
      "url": "${mcp}",
      "enabled": true,
      "headers": { "Authorization": "Bearer $MOLECULE_WORKSPACE_TOKEN" }
    }
  }
}
JSON
chmod 600 opencode.json`.replace('"$schema"', '"\\$schema"'),
  common_problems: [
    {
      problem: 'There is an opencode.json already.',
      fix: 'Add the server to its "mcp" by hand; this would write over the file.',
    },
    outbound,
    refused,
  ],
})

/** For clients that start a program and know no address. */
const startedMcp = ({ url, workspaceId, token }: Where): Snippet => ({
  id: 'mcp-stdio',
  title: 'Any MCP client that starts programs',
  language: 'json',
  text: JSON.stringify(
    {
      mcpServers: {
        molecule: {
          command: 'npx',
          args: ['-y', `${url}/install/molecule.tgz`, 'mcp'],
          env: {
            PLATFORM_URL: url,
            WORKSPACE_ID: workspaceId,
            MOLECULE_WORKSPACE_TOKEN: token || '<token>',
          },
        },
      },
    },
    null,
    2,
  ),
  common_problems: [
    {
      problem: 'The client says that the server closed at once.',
      fix: 'Run the same command in a terminal: it says what is wrong. It needs Node 20 or newer, with npx in the PATH of the client.',
    },
    outbound,
    refused,
    unreachable,
  ],
})

const channel = (env: string, program: string): Snippet => ({
  id: 'claude-code-channel',
  title: 'Claude Code, told of work as it comes',
  language: 'sh',
  text: `${env}
claude mcp add molecule \\
  --env PLATFORM_URL="$PLATFORM_URL" --env WORKSPACE_ID="$WORKSPACE_ID" \\
  --env MOLECULE_WORKSPACE_TOKEN="$MOLECULE_WORKSPACE_TOKEN" \\
  -- ${program} mcp --channel
claude --dangerously-load-development-channels server:molecule`,
  common_problems: [
    {
      problem: 'Messages do not show up by themselves.',
      fix: 'Channels are a preview: the account must have them, and the flag must name the server (server:molecule). Without them wait_for_message does the same when it is called.',
    },
    {
      problem: 'A message comes a second time.',
      fix: 'It was neither begun (start_task) nor answered (complete_task) within five minutes.',
    },
    refused,
    unreachable,
  ],
})
