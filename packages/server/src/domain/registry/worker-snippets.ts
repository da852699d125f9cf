import type { Snippet } from '@molecule/contract/registry'
import { refused, unreachable } from './snippet-problems.ts'

/** Where an agent joins, and as whom. */
export type Where = { url: string; workspaceId: string; token: string }

export const bridges = [
  { id: 'claude-code-bridge', title: 'Claude Code, as a worker', words: 'claude' },
  { id: 'codex-bridge', title: 'Codex, as a worker', words: 'codex' },
  { id: 'gemini-cli-bridge', title: 'Gemini CLI, as a worker', words: 'gemini' },
  { id: 'opencode-bridge', title: 'OpenCode, as a worker', words: 'opencode' },
  { id: 'openclaw', title: 'OpenClaw', words: 'acp -- openclaw acp' },
  { id: 'hermes', title: 'Hermes', words: 'hermes' },
] as const

/** Works for as long as it runs, with the program as its owner has set it up. */
export const bridge = (
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

export const typescript = ({ url, workspaceId, token }: Where): Snippet => ({
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

export const http = (env: string): Snippet => ({
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
