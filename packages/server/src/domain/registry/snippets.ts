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

const bridges = [
  { id: 'claude-code-bridge', title: 'Claude Code, as a worker', words: 'claude' },
  { id: 'codex-bridge', title: 'Codex, as a worker', words: 'codex' },
  { id: 'gemini-cli-bridge', title: 'Gemini CLI, as a worker', words: 'gemini' },
  { id: 'opencode-bridge', title: 'OpenCode, as a worker', words: 'opencode' },
  { id: 'openclaw', title: 'OpenClaw', words: 'acp -- openclaw acp' },
  { id: 'hermes', title: 'Hermes', words: 'hermes' },
] as const

/** Works for as long as it runs, with the program as its owner has set it up. */
const bridge = (
  env: string,
  program: string,
  { id, title, words }: (typeof bridges)[number],
): Snippet => ({
  id,
  title,
  language: 'sh',
  text: `${env}
# Does the work of the workspace in this folder until it is stopped; threads go on when it is started again.
${program} bridge ${words}`,
  common_problems: [
    {
      problem: 'It says that the program is not installed, or too old.',
      fix: 'Install or update it as the message says; it must be logged in, as its owner uses it.',
    },
    {
      problem: 'What it wants to do is denied.',
      fix: 'Nobody is there to be asked: allow it by --config, in the words of runtime_config of that runtime.',
    },
    refused,
    unreachable,
  ],
})

const typescript = ({ url, workspaceId, token }: Where): Snippet => ({
  id: 'typescript',
  title: 'TypeScript',
  language: 'ts',
  text: `// agent.mts: node agent.mts (Node 22.18 or newer, which runs TypeScript as it is)
const url = '${url}/workspaces/${workspaceId}/work'
const token = process.env.MOLECULE_WORKSPACE_TOKEN ?? '${token}'
if (!token) throw new Error('Set MOLECULE_WORKSPACE_TOKEN; rotate the credentials to get a token.')

type Item = { task_id: string; attempt: number; fence: number; text: string }

async function call<T>(path: string, body: object): Promise<T> {
  const answer = await fetch(\`\${url}/\${path}\`, {
    method: 'POST',
    headers: { authorization: \`Bearer \${token}\`, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  })
  if (!answer.ok) throw new Error(await answer.text())
  return (await answer.json()) as T
}

async function answerTo(text: string): Promise<string> {
  return \`You said: \${text}\` // the agent
}

for (;;) {
  const { items } = await call<{ items: Item[] }>('lease', { wait_s: 25, lease_s: 300 })
  for (const { task_id, text, ...ref } of items) {
    const result = await answerTo(text)
    const { attempt, fence } = ref
    await call(\`\${task_id}/complete\`, { attempt, fence, outcome: 'completed', result })
  }
}
`,
  common_problems: [
    {
      problem: 'SyntaxError: Unexpected identifier.',
      fix: 'This Node does not run TypeScript by itself. Use a newer one, or strip the types.',
    },
    {
      problem: 'Work takes longer than five minutes and comes a second time.',
      fix: 'Begin it first: call(task_id + "/start", { attempt, fence }), then say that it moves on with POST /tasks/:id/progress.',
    },
    refused,
    unreachable,
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
