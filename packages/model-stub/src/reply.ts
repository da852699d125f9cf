/** What an agent asked of its model, whatever protocol it speaks. */
export type Asked = {
  protocol: 'messages' | 'responses' | 'chat' | 'generate-content'
  model: string
  system: string
  /** Oldest first. */
  messages: readonly Said[]
  /** Names of the tools that the model may call. */
  tools: readonly string[]
  /** Which request this is, from 1. */
  count: number
}

export type Said = {
  role: 'user' | 'assistant'
  text: string
  calls: readonly ToolCall[]
  /** Answers to calls of the model. */
  results: readonly { id: string; text: string; isError: boolean }[]
}

export type ToolCall = { id: string; name: string; input: Record<string, unknown> }

/** What the model says: text, calls of tools, or both. */
export type Reply = {
  text?: string
  calls?: readonly Omit<ToolCall, 'id'>[]
  usage?: { input: number; output: number }
}

/** What becomes of a request in the place of an answer. */
export type Fault =
  /** An error of the provider; 429 says when the limit is over. */
  | { status: number; message?: string; retryAfterS?: number }
  /** Headers, and then nothing until the client gives up. */
  | 'stall'
  /** A part of the answer, and then the connection ends. */
  | 'cut'

/** Decides from what was said alone: an agent that was killed and asks again gets the same answer. */
export type Script = (asked: Asked) => Reply | Fault | Promise<Reply | Fault>

export const isFault = (told: Reply | Fault): told is Fault =>
  typeof told === 'string' || 'status' in told

/** The text that was said last by whoever uses the model. */
export const lastText = ({ messages }: Asked): string =>
  messages.findLast(({ role, text }) => role === 'user' && text !== '')?.text ?? ''

/** The tool whose name ends so: programs put the name of its server before it, each in its own way. */
export const toolNamed = ({ tools }: Asked, name: string): string =>
  tools.find((each) => each === name || each.endsWith(`_${name}`)) ?? name
