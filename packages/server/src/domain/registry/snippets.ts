import type { Snippet } from '@molecule/contract/registry'

type Where = { url: string; workspaceId: string; token: string }

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
  return [
    universal(mcp, token),
    claude(env, mcp),
    codex(env, mcp),
    gemini(env, mcp),
    opencode(env, mcp),
    http(env),
  ]
}

const outbound = {
  problem: 'It never sees work that others ask of it.',
  fix: 'Tell it to call wait_for_message again and again, for example in its instructions: an assistant acts only when it is prompted.',
}
const refused = {
  problem: '401: the credential is not known.',
  fix: 'The token was rotated or cut off when it was copied. Rotate the credentials and take the new one.',
}
const unreachable = {
  problem: 'The address cannot be reached.',
  fix: 'The server says where it is by EXTERNAL_PLATFORM_URL; set it to an address that this machine reaches.',
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

const http = (env: string): Snippet => ({
  id: 'http',
  title: 'Plain HTTP',
  language: 'sh',
  text: `${env}
# The token goes through standard input: arguments are visible to every user of the machine.
call() {
  printf 'Authorization: Bearer %s\\n' "$MOLECULE_WORKSPACE_TOKEN" |
    curl --fail-with-body --silent --show-error --max-time 40 --header @- \\
      --header 'Content-Type: application/json' --data "$2" "$PLATFORM_URL/$1"
}
call registry/register '{"id": "'"$WORKSPACE_ID"'", "delivery_mode": "poll", "agent_card": {"name": "my-agent"}}'
# Every 20 seconds, so that it is seen online:
call registry/heartbeat '{"workspace_id": "'"$WORKSPACE_ID"'"}'
# Work: take it, begin, bring the answer with the attempt and the fence that it came with.
call "workspaces/$WORKSPACE_ID/work/lease" '{"limit": 1, "wait_s": 20}'`,
  common_problems: [
    {
      problem: 'It is shown as awaiting its agent again.',
      fix: 'Nothing was heard of it for 90 seconds: send the heartbeat in a loop.',
    },
    refused,
    unreachable,
  ],
})
