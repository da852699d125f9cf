import { copyFile, mkdir, readFile, writeFile } from 'node:fs/promises'
import { homedir } from 'node:os'
import { dirname, join } from 'node:path'
import type { Client } from '@molecule/sdk'
import { type Environment, given } from '../../environment.ts'

export type Joined = {
  readonly client: Client
  readonly id: string
  readonly name: string
  readonly token: string
  readonly url: string
  readonly mcp: string
}

type Tools = {
  readonly env: Environment
  readonly run: (program: string, args: readonly string[]) => Promise<void>
}

/** An assistant on this machine, and how it gets the tools of a workspace. */
export type Assistant = {
  readonly name: string
  readonly title: string
  readonly program: string
  /** As `molecule bridge` calls it. */
  readonly bridge: string
  /** What is done, as a line to paste; without the token. */
  shown(joined: Joined): string
  setUp(joined: Joined, tools: Tools): Promise<void>
}

const bearer = 'Authorization: Bearer'

/** The programs that add a server by a command of their own. */
const byCommand = (
  about: Omit<Assistant, 'shown' | 'setUp'>,
  argumentsFor: (joined: Joined, token: string) => string[],
  removal: readonly string[],
): Assistant => ({
  ...about,
  shown: (joined) =>
    [about.program, ...argumentsFor(joined, '$MOLECULE_WORKSPACE_TOKEN')].map(quoted).join(' '),
  async setUp(joined, { run }) {
    // One of the same name, of an earlier join, gives way.
    await run(about.program, removal).catch(() => {})
    await run(about.program, argumentsFor(joined, joined.token))
  },
})

const quoted = (word: string) => (/^[\w./:=@-]+$/.test(word) ? word : `"${word}"`)

export const assistants: readonly Assistant[] = [
  byCommand(
    { name: 'claude', title: 'Claude Code', program: 'claude', bridge: 'claude' },
    ({ mcp }, token) => [
      ...['mcp', 'add', '--scope', 'user', '--transport', 'http', 'molecule', mcp],
      ...['--header', `${bearer} ${token}`],
    ],
    ['mcp', 'remove', '--scope', 'user', 'molecule'],
  ),
  byCommand(
    { name: 'codex', title: 'Codex', program: 'codex', bridge: 'codex' },
    ({ mcp }) => [
      ...['mcp', 'add', 'molecule', '--url', mcp],
      ...['--bearer-token-env-var', 'MOLECULE_WORKSPACE_TOKEN'],
    ],
    ['mcp', 'remove', 'molecule'],
  ),
  byCommand(
    { name: 'gemini', title: 'Gemini CLI', program: 'gemini', bridge: 'gemini' },
    ({ mcp }, token) => [
      ...['mcp', 'add', '--scope', 'user', '--transport', 'http', 'molecule', mcp],
      ...['--header', `${bearer} ${token}`],
    ],
    ['mcp', 'remove', '--scope', 'user', 'molecule'],
  ),
  {
    ...{ name: 'opencode', title: 'OpenCode', program: 'opencode', bridge: 'opencode' },
    shown: ({ mcp }) =>
      `"mcp": { "molecule": { "type": "remote", "url": "${mcp}", … } } in opencode.json`,
    setUp: (joined, { env }) => addToOpencode(opencodeFile(env), joined),
  },
]

const opencodeFile = (env: Environment) =>
  join(
    given(env.XDG_CONFIG_HOME) ?? join(given(env.HOME) ?? homedir(), '.config'),
    'opencode',
    'opencode.json',
  )

/** Beside what is there already, of which a copy is kept. */
async function addToOpencode(file: string, { mcp, token }: Joined): Promise<void> {
  const before = await readFile(file, 'utf8').catch(() => undefined)
  const config = before === undefined ? {} : parsed(before, file)
  const servers = (config.mcp ?? {}) as Record<string, unknown>
  const headers = { Authorization: `${bearer.split(' ')[1]} ${token}` }
  const molecule = { type: 'remote', url: mcp, enabled: true, headers }
  const after = { ...config, mcp: { ...servers, molecule } }
  await mkdir(dirname(file), { recursive: true })
  if (before !== undefined) await copyFile(file, `${file}.before-molecule`)
  await writeFile(file, `${JSON.stringify(after, null, 2)}\n`, { mode: 0o600 })
}

/** One with comments would lose them: it is left to its owner. */
function parsed(text: string, file: string): Record<string, unknown> {
  try {
    return JSON.parse(text) as Record<string, unknown>
  } catch {
    throw new Error(`${file} holds comments or is no JSON, and was left as it is`)
  }
}
