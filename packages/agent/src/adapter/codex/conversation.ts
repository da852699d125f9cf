import type { AdapterTask, Sink } from '../../adapter.ts'
import type { Line, Message, Talk } from '../drive-program.ts'
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
  const running = new Set<string>()
  let asked = 0

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
    ask('turn/start', { threadId, input }, () => {})
  }

  const notes = notesOf({ sink, running, fail, over })

  const hear = ({ id, method, params, result, error }: Message) => {
    if (typeof method === 'string' && id !== undefined) return line.say(decline(id, method))
    if (typeof method === 'string') return notes[method]?.((params ?? {}) as Raw)
    const waiting = steps.get(Number(id))
    steps.delete(Number(id))
    if (error) waiting?.onError({ message: String((error as Raw).message), codexErrorInfo: null })
    else waiting?.step((result ?? {}) as Raw)
  }
  return { begin, hear, isToolRunning: () => running.size > 0 }
}

type Noting = {
  sink: Sink
  /** Tools that have begun and not ended. */
  running: Set<string>
  fail: (error: TurnError) => void
  over: (ended: Ended) => void
}

/** What the program tells without being asked. Its last message is the answer. */
function notesOf({ sink, running, fail, over }: Noting): Record<string, (params: Raw) => void> {
  let text = ''
  return {
    'item/started': ({ item }) => {
      const { type, id } = item as Raw
      const what = toolText(item as Raw)
      if (what === undefined) return
      running.add(`${type} ${id}`)
      sink.output('stderr', `${what}\n`)
    },
    'item/completed': ({ item }) => {
      const { type, id, text: said } = item as Raw
      running.delete(`${type} ${id}`)
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

/** Of what takes its time: a command, or a tool of a server. */
function toolText({ type, command, server, tool, arguments: given }: Raw): string | undefined {
  if (type === 'commandExecution') return String(command).slice(0, 300)
  if (type === 'mcpToolCall')
    return `${String(server)}.${String(tool)} ${JSON.stringify(given ?? {})}`.slice(0, 300)
  return undefined
}

/** Whatever it asks for: its configuration has said already what it may do. */
function decline(id: unknown, method: string): object {
  if (method.endsWith('requestApproval')) return { id, result: { decision: 'decline' } }
  if (method === 'mcpServer/elicitation/request') return { id, result: { action: 'decline' } }
  return { id, error: { code: -32_601, message: 'nobody is there to be asked' } }
}
