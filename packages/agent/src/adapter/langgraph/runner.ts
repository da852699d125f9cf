import { readFile, rename, writeFile } from 'node:fs/promises'
import { registerHooks } from 'node:module'
import { join, resolve } from 'node:path'
import { createInterface } from 'node:readline'
import { pathToFileURL } from 'node:url'
import type { GraphSays, RunGraph } from './wire.ts'

/*
 * Runs one turn of a graph of LangGraph in a process of its own: `RunGraph` on its first line of standard input, `GraphSays` on standard
 * output. The packages are those of whoever runs it, found from the folder that it is told.
 */

type Content = string | readonly { readonly type: string; readonly text?: string }[]
type Message = {
  readonly content: Content
  readonly tool_calls?: readonly { id?: string; name: string; args: unknown }[]
  readonly tool_call_id?: string
  readonly status?: string
  readonly usage_metadata?: { input_tokens: number; output_tokens: number }
  getType(): string
}
type State = Record<string, unknown> & { readonly messages: readonly Message[] }
type Graph = {
  stream(input: object, options: object): Promise<AsyncIterable<[string, unknown]>>
}

const say = (said: GraphSays) => process.stdout.write(`${JSON.stringify(said)}\n`)

/** Packages named here are those of somebody else, and lie in their folder. */
function findPackagesIn(folder: string): void {
  const there = pathToFileURL(join(resolve(folder), 'index.js')).href
  registerHooks({
    resolve(specifier, context, next) {
      const isPackage = /^[@a-z]/.test(specifier) && !specifier.includes(':')
      const isOurs = context.parentURL === import.meta.url
      return next(specifier, isPackage && isOurs ? { ...context, parentURL: there } : context)
    },
  })
}

/** The names are known only here: nothing of them is a dependency of ours. */
// biome-ignore lint/suspicious/noExplicitAny: packages of somebody else, whose types are not at hand.
const load = (name: string): Promise<any> => import(name)

async function run(asked: RunGraph): Promise<void> {
  findPackagesIn(asked.modules)
  const { mapStoredMessagesToChatMessages, mapChatMessagesToStoredMessages } = await load(
    '@langchain/core/messages',
  )
  const graph = await graphFor(asked)
  const { messages: stored = [], ...kept } = await stateIn(asked.stateFile)
  const before = mapStoredMessagesToChatMessages(stored) as Message[]
  const input = { ...kept, messages: [...before, { role: 'user', content: asked.text }] }
  const { recursionLimit } = asked
  const parts = await graph.stream(input, { streamMode: ['messages', 'values'], recursionLimit })
  let state: State | undefined
  const told = teller(before.length)
  for await (const [mode, part] of parts) {
    if (mode === 'messages') told.part((part as [Message])[0])
    else {
      state = part as State
      told.state(state)
    }
  }
  if (!state) throw new Error('the graph ended without a state')
  const { messages, ...rest } = state
  await writeState(asked.stateFile, {
    ...rest,
    messages: mapChatMessagesToStoredMessages(messages),
  })
  const last = messages.at(-1)
  say({ type: 'result', text: last ? textOf(last) : '' })
}

async function graphFor(asked: RunGraph): Promise<Graph> {
  const { kind, modules, graph, model: name, instructions } = asked
  const tools = await organizationTools(asked)
  if (graph !== undefined) {
    const [file = '', exported = 'graph'] = graph.split(/:(?=[^/\\]+$)/)
    const own = (await load(pathToFileURL(resolve(modules, file)).href))[exported]
    if (own === undefined) throw new Error(`${file} exports no "${exported}"`)
    return typeof own === 'function' ? await own({ model: name, tools, instructions }) : own
  }
  const { initChatModel, createAgent } = await load('langchain')
  const model = await initChatModel(name, { maxRetries: 2 })
  if (kind === 'langgraph') return createAgent({ model, tools, systemPrompt: instructions })
  const { createDeepAgent } = await load('deepagents')
  return createDeepAgent({ model, tools, systemPrompt: instructions })
}

/** A graph works without them as well. */
async function organizationTools({ tools: { url, token } }: RunGraph): Promise<unknown[]> {
  try {
    const { MultiServerMCPClient } = await load('@langchain/mcp-adapters')
    const headers = { Authorization: `Bearer ${token}` }
    const client = new MultiServerMCPClient({
      mcpServers: { molecule: { transport: 'http', url, headers } },
    })
    return await client.getTools()
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error)
    say({ type: 'note', text: `The tools of the organization are not there: ${why}` })
    return []
  }
}

/** Tells of what is new in the messages: text as it comes, tools as they begin and end. */
function teller(known: number) {
  let seen = known
  return {
    part(message: Message) {
      if (message.getType() === 'ai') {
        const text = textOf(message)
        if (text !== '') say({ type: 'text', text })
      } else if (message.getType() === 'tool')
        say({
          type: 'tool_end',
          id: message.tool_call_id ?? '',
          output: textOf(message),
          isError: message.status === 'error',
        })
    },
    state({ messages }: State) {
      for (const message of messages.slice(seen)) {
        if (message.getType() !== 'ai') continue
        for (const { id = '', name, args } of message.tool_calls ?? [])
          say({ type: 'tool', id, name, input: args })
        const { usage_metadata: usage } = message
        if (usage) say({ type: 'usage', input: usage.input_tokens, output: usage.output_tokens })
      }
      seen = messages.length
    },
  }
}

const textOf = ({ content }: Message): string =>
  typeof content === 'string'
    ? content
    : content
        .filter(({ type }) => type === 'text')
        .map(({ text = '' }) => text)
        .join('')

async function stateIn(file: string): Promise<{ messages?: unknown[] }> {
  const text = await readFile(file, 'utf8').catch(() => '{}')
  return JSON.parse(text) as { messages?: unknown[] }
}

async function writeState(file: string, state: object): Promise<void> {
  await writeFile(`${file}.next`, JSON.stringify(state), { mode: 0o600 })
  await rename(`${file}.next`, file)
}

const input = createInterface({ input: process.stdin })
input.once('line', (line) => {
  input.close()
  run(JSON.parse(line) as RunGraph)
    .catch((error: unknown) => {
      const { status, message } = error as { status?: unknown; message?: unknown }
      const known = typeof status === 'number' ? status : undefined
      say({ type: 'failed', why: String(message ?? error), status: known })
    })
    // What a graph has left open must not keep it alive.
    .finally(() => process.stdout.write('', () => process.exit(0)))
})
