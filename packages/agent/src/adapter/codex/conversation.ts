import type { AdapterTask, Sink } from '../../adapter.ts'
import type { Line, Message, Talk } from '../drive-program.ts'
import { toolUses } from '../tool-uses.ts'
import type { TurnError } from './failures.ts'

export type Ended =
  | { kind: 'completed'; text: string }
  | { kind: 'failed'; error: TurnError }
  /** The thread that it should go on with is not there any more. */
  | { kind: 'forgotten' }

type About = {
  task: AdapterTask
  sink: Sink
  session: string | undefined
  instructions: string
  sandbox: string
  cwd: string
  model: string | undefined
  onThread: (id: string) => void
  onEnded: (ended: Ended) => void
}

type Raw = Record<string, unknown>
type Step = (result: Raw) => void

/** One turn of one thread over the app server of Codex: JSON-RPC without its version, a message per line. */
export function conversation(line: Line, about: About): Talk {
  const { sink, session, onEnded } = about
  const steps = new Map<number, { step: Step; onError: (error: TurnError) => void }>()
  const tools = toolUses(sink)
  let asked = 0
  let turn: { threadId: string; turnId: string } | undefined

  const over = (ended: Ended) => {
    onEnded(ended)
    line.end()
  }
  const fail = (error: TurnError) => over({ kind: 'failed', error })
  const ask = (method: string, params: object, step: Step, onError = fail) => {
    asked += 1
    steps.set(asked, { step, onError })
    line.say({ id: asked, method, params })
  }

  const begin = () =>
    ask('initialize', { clientInfo: { name: 'molecule', title: 'Molecule', version: '1' } }, () => {
      line.say({ method: 'initialized' })
      openThread()
    })
  const openThread = () => {
    const { instructions, sandbox, cwd, model } = about
    const how = {
      ...{ cwd, sandbox, approvalPolicy: 'on-request', developerInstructions: instructions },
      ...(model === undefined ? {} : { model }),
    }
    const opened: Step = ({ thread }) => {
      const id = String((thread as Raw | undefined)?.id)
      about.onThread(id)
      startTurn(id)
    }
    if (session === undefined) return ask('thread/start', how, opened)
    return ask('thread/resume', { threadId: session, ...how }, opened, () =>
      over({ kind: 'forgotten' }),
    )
  }
  const startTurn = (threadId: string) => {
    const input = [{ type: 'text', text: about.task.text, text_elements: [] }]
    ask('turn/start', { threadId, input }, ({ turn: begun }) => {
      turn = { threadId, turnId: String((begun as Raw | undefined)?.id) }
    })
  }

  const notes = notesOf({ sink, tools, fail, over })

  const hear = ({ id, method, params, result, error }: Message) => {
    if (typeof method === 'string' && id !== undefined) return line.say(decline(id, method))
    if (typeof method === 'string') return notes[method]?.((params ?? {}) as Raw)
    const waiting = steps.get(Number(id))
    steps.delete(Number(id))
    if (error) waiting?.onError({ message: String((error as Raw).message), codexErrorInfo: null })
    else waiting?.step((result ?? {}) as Raw)
  }
  return {
    begin,
    hear,
    isToolRunning: tools.isAnyRunning,
    interrupt: () => turn && ask('turn/interrupt', turn, () => {}),
  }
}

type Noting = {
  sink: Sink
  tools: ReturnType<typeof toolUses>
  fail: (error: TurnError) => void
  over: (ended: Ended) => void
}

/** What the program tells without being asked. Its last message is the answer. */
function notesOf({ sink, tools, fail, over }: Noting): Record<string, (params: Raw) => void> {
  let text = ''
  return {
    'item/started': ({ item }) => {
      const tool = toolIn(item as Raw)
      if (tool) tools.begin({ id: idOf(item as Raw), ...tool })
    },
    'item/completed': ({ item }) => {
      const { type, text: said } = item as Raw
      tools.end({ id: idOf(item as Raw), ...outcomeOf(item as Raw) })
      if (type !== 'agentMessage' || typeof said !== 'string') return
      text = said
      sink.output('stdout', `${said}\n`)
    },
    'thread/tokenUsage/updated': ({ tokenUsage }) => {
      const { last } = (tokenUsage ?? {}) as { last?: Raw }
      if (last)
        sink.output('stderr', `${last.inputTokens} tokens read, ${last.outputTokens} written\n`)
    },
    error: ({ error, willRetry }) => {
      const { message } = error as TurnError
      sink.output('stderr', `${message}${willRetry ? ' (asked again)' : ''}\n`)
    },
    'turn/completed': ({ turn }) => {
      const { status, error } = turn as { status: string; error: TurnError | null }
      if (status === 'completed') over({ kind: 'completed', text })
      else fail(error ?? { message: `the turn is ${status}`, codexErrorInfo: null })
    },
  }
}

const idOf = ({ type, id }: Raw) => `${type} ${id}`

/** Of what takes its time: a command, or a tool of a server. */
function toolIn({ type, command, server, tool, arguments: given }: Raw) {
  if (type === 'commandExecution') return { name: 'shell', input: String(command) }
  if (type === 'mcpToolCall') return { name: `${String(server)}.${String(tool)}`, input: given }
  return undefined
}

function outcomeOf({ status, aggregatedOutput, result, error }: Raw) {
  const said = aggregatedOutput ?? result ?? error ?? ''
  return {
    output: typeof said === 'string' ? said : JSON.stringify(said),
    isError: status === 'failed' || status === 'declined',
  }
}

/** Whatever it asks for: its configuration has said already what it may do. */
function decline(id: unknown, method: string): object {
  if (method.endsWith('requestApproval')) return { id, result: { decision: 'decline' } }
  if (method === 'mcpServer/elicitation/request') return { id, result: { action: 'decline' } }
  return { id, error: { code: -32_601, message: 'nobody is there to be asked' } }
}
