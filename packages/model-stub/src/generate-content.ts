import { randomUUID } from 'node:crypto'
import { dataFrame } from './frames.ts'
import type { Asked, Reply, Said } from './reply.ts'

type Raw = Record<string, unknown>

const listOf = (value: unknown) => (Array.isArray(value) ? value : []) as Raw[]

/** A request of the generateContent API of Gemini (v1beta). Its model is in the path. What is unknown is passed over. */
export function readContent(body: Raw, count: number, model = ''): Asked {
  const system = (body.systemInstruction ?? body.system_instruction) as Raw | undefined
  return {
    protocol: 'generate-content',
    model,
    system: textOf(listOf(system?.parts)),
    messages: listOf(body.contents).map(saidIn),
    tools: listOf(body.tools).flatMap(({ functionDeclarations }) =>
      listOf(functionDeclarations).map(({ name }) => String(name)),
    ),
    count,
  }
}

function saidIn({ role, parts }: Raw): Said {
  const all = listOf(parts)
  const of = (key: string) => all.flatMap((part) => (part[key] ? [part[key] as Raw] : []))
  return {
    role: role === 'model' ? 'assistant' : 'user',
    text: textOf(all),
    calls: of('functionCall').map(({ id, name, args }) => ({
      id: String(id ?? name),
      name: String(name),
      input: (args ?? {}) as Raw,
    })),
    results: of('functionResponse').map(({ id, name, response }) => {
      const { output, error } = (response ?? {}) as Raw
      const told = error ?? output ?? response
      return {
        id: String(id ?? name),
        text: typeof told === 'string' ? told : JSON.stringify(told),
        isError: error !== undefined,
      }
    }),
  }
}

const textOf = (parts: readonly Raw[]) =>
  parts
    .filter(({ text, thought }) => typeof text === 'string' && thought !== true)
    .map(({ text }) => String(text))
    .join('\n')

/** The answer in one piece. */
export const contentOf = (reply: Reply, model: string) => {
  const { text, calls = [], usage = { input: 10, output: 5 } } = reply
  const parts = [
    ...(text === undefined ? [] : [{ text }]),
    ...calls.map(({ name, input }) => ({ functionCall: { id: randomUUID(), name, args: input } })),
  ]
  return {
    candidates: [{ index: 0, content: { role: 'model', parts }, finishReason: 'STOP' }],
    usageMetadata: {
      promptTokenCount: usage.input,
      candidatesTokenCount: usage.output,
      totalTokenCount: usage.input + usage.output,
    },
    modelVersion: model,
    responseId: randomUUID(),
  }
}

/** The same as a stream of one. */
export const contentFrames = (reply: Reply, model: string) => [dataFrame(contentOf(reply, model))]

const statuses: Record<number, string> = {
  400: 'INVALID_ARGUMENT',
  401: 'UNAUTHENTICATED',
  403: 'PERMISSION_DENIED',
  404: 'NOT_FOUND',
  429: 'RESOURCE_EXHAUSTED',
  503: 'UNAVAILABLE',
}

/** As the provider refuses. */
export const contentError = (code: number, message: string) => ({
  error: { code, message, status: statuses[code] ?? 'INTERNAL' },
})
