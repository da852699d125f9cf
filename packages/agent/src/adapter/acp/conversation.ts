import {
  client,
  type InitializeResponse,
  type McpServer,
  methods,
  PROTOCOL_VERSION,
  type RequestPermissionRequest,
  type RequestPermissionResponse,
  type SessionUpdate,
  type ToolCall,
  type ToolCallUpdate,
  type ToolKind,
} from '@agentclientprotocol/sdk'
import type { AdapterTask, Sink } from '../../adapter.ts'
import type { Line, Message, Talk } from '../drive-program.ts'
import { toolUses } from '../tool-uses.ts'

export type Ended =
  | { kind: 'completed'; text: string }
  | { kind: 'failed'; error: unknown }
  /** The session that it should go on with is not there any more. */
  | { kind: 'forgotten' }

type About = {
  task: AdapterTask
  sink: Sink
  session: string | undefined
  /** Said before the first task of a session. */
  instructions: string
  cwd: string
  mcpServers: McpServer[]
  /** How a session is set before its task is said, in the words of the program. */
  mode: string | undefined
  /** What it may do without being asked. */
  allow: readonly ToolKind[]
  onSession: (id: string) => void
  onEnded: (ended: Ended) => void
}

/** One turn of one session over the Agent Client Protocol, version 1: JSON-RPC, a message per line. Source: agentclientprotocol.com. */
export function conversation(line: Line, about: About): Talk {
  const incoming = messageQueue()
  const tools = toolUses(about.sink)
  const said = listen(about.sink, tools)
  const app = client({ name: 'molecule' })
    .onRequest(methods.client.session.requestPermission, ({ params }) =>
      decide(params, about, tools.kindOf(params.toolCall.toolCallId)),
    )
    .onNotification(methods.client.session.update, ({ params }) => said.hear(params.update))
  const writable = new WritableStream<object>({ write: (message) => line.say(message) })
  let interrupt = () => {}

  const over = (ended: Ended) => {
    about.onEnded(ended)
    line.end()
  }
  const turn = async () => {
    const { agent } = app.connect({ readable: incoming.readable, writable })
    const agentIs = await agent.request(methods.agent.initialize, {
      protocolVersion: PROTOCOL_VERSION,
      clientCapabilities: {},
      clientInfo: { name: 'molecule', version: '1' },
    })
    const sessionId = await openSession(agent, agentIs, about)
    if (sessionId === undefined) return over({ kind: 'forgotten' })
    about.onSession(sessionId)
    interrupt = () => void agent.notify(methods.agent.session.cancel, { sessionId })
    if (about.mode)
      await agent.request(methods.agent.session.setMode, { sessionId, modeId: about.mode })
    said.begin()
    const end = await agent.request(methods.agent.session.prompt, {
      sessionId,
      prompt: [{ type: 'text', text: promptText(about) }],
    })
    about.sink.output('stdout', '\n')
    about.sink.output('stderr', usageText(end))
    over(endOf(end.stopReason, said.answer()))
  }
  return {
    begin: () => void turn().catch((error: unknown) => over({ kind: 'failed', error })),
    hear: incoming.add,
    isToolRunning: tools.isAnyRunning,
    interrupt: () => interrupt(),
  }
}

type Tokens = { input_tokens?: number; output_tokens?: number }
type Usage = { inputTokens?: number; outputTokens?: number }

/** Where a program tells it: in the place that the protocol is about to give it, or where Gemini CLI does. */
function usageText(end: object): string {
  const { usage, _meta } = end as {
    usage?: Usage | null
    _meta?: { quota?: { token_count?: Tokens } } | null
  }
  const told = _meta?.quota?.token_count
  const read = usage?.inputTokens ?? told?.input_tokens
  if (read === undefined) return ''
  return `${read} tokens read, ${usage?.outputTokens ?? told?.output_tokens ?? 0} written\n`
}

type Agent = ReturnType<ReturnType<typeof client>['connect']>['agent']

/** Nothing where the one to go on with is not there any more. */
async function openSession(
  agent: Agent,
  { agentCapabilities }: InitializeResponse,
  { session, cwd, mcpServers }: About,
): Promise<string | undefined> {
  const canLoad = agentCapabilities?.loadSession === true
  if (session === undefined || !canLoad)
    return (await agent.request(methods.agent.session.new, { cwd, mcpServers })).sessionId
  try {
    await agent.request(methods.agent.session.load, { sessionId: session, cwd, mcpServers })
    return session
  } catch {
    return undefined
  }
}

/** The protocol has no place for instructions: a session begins with them. */
const promptText = ({ session, instructions, task }: About) =>
  session === undefined && instructions !== ''
    ? `${instructions}\n\n# Your first task\n\n${task.text}`
    : task.text

function endOf(stopReason: string, text: string): Ended {
  if (stopReason === 'end_turn') return { kind: 'completed', text }
  return { kind: 'failed', error: new Error(`the turn ended with ${stopReason}`) }
}

/** What the program tells while it works; what it says after its last tool is the answer. */
function listen(sink: Sink, tools: ReturnType<typeof toolUses>) {
  let isListening = false
  let answer = ''
  const hear = (update: SessionUpdate) => {
    // A session that is loaded tells first what was said before.
    if (!isListening) return
    switch (update.sessionUpdate) {
      case 'agent_message_chunk':
        if (update.content.type !== 'text') return
        answer += update.content.text
        return sink.output('stdout', update.content.text)
      case 'tool_call':
        answer = ''
        tools.begin(begunOf(update))
        return endIfDone(tools, update)
      case 'tool_call_update':
        tools.learn(update.toolCallId, update.rawInput)
        return endIfDone(tools, update)
      case 'usage_update':
        return sink.output(
          'stderr',
          `${update.used} of ${update.size} tokens of its context used\n`,
        )
    }
  }
  return {
    hear,
    begin: () => {
      isListening = true
    },
    answer: () => answer,
  }
}

const begunOf = ({ toolCallId, title, kind, rawInput }: ToolCall) => ({
  id: toolCallId,
  name: title,
  input: rawInput,
  kind,
})

type Update = Pick<ToolCallUpdate, 'toolCallId' | 'content' | 'status' | 'rawOutput'>

function endIfDone(tools: ReturnType<typeof toolUses>, update: Update): void {
  const { toolCallId: id, status, content, rawOutput } = update
  if (status !== 'completed' && status !== 'failed') return
  const told = (content ?? []).flatMap((each) =>
    each.type === 'content' && each.content.type === 'text' ? [each.content.text] : [],
  )
  const output = told.length > 0 ? told.join('\n') : textOf(rawOutput)
  tools.end({ id, output, isError: status === 'failed' })
}

const textOf = (value: unknown) =>
  value === undefined ? '' : typeof value === 'string' ? value : JSON.stringify(value)

/** Nobody is there to be asked: what its configuration allows is allowed once, all else refused. */
function decide(
  { toolCall, options }: RequestPermissionRequest,
  { allow, sink }: About,
  known: string | undefined,
): RequestPermissionResponse {
  const kind = (toolCall.kind ?? known ?? 'other') as ToolKind
  const isAllowed = allow.includes(kind)
  const wanted = isAllowed ? ['allow_once', 'allow_always'] : ['reject_once', 'reject_always']
  const option = wanted.flatMap((each) => options.filter((of) => of.kind === each))[0]
  const what = toolCall.title ?? kind
  if (!isAllowed)
    sink.output(
      'stderr',
      `${what} is not allowed here, and was denied: \`allow\` in the runtime_config does not name "${kind}".\n`,
    )
  return {
    outcome: option ? { outcome: 'selected', optionId: option.optionId } : { outcome: 'cancelled' },
  }
}

/** Messages in the order they came, as a stream. */
function messageQueue() {
  let add = (_: Message) => {}
  const readable = new ReadableStream({
    start(controller) {
      add = (message) => controller.enqueue(message)
    },
  })
  return { readable, add: (message: Message) => add(message) }
}
