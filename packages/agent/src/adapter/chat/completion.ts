import { nodeFetch } from '@molecule/sdk/node-fetch'
import { createParser } from 'eventsource-parser'
import type { ChatMessage } from './history.ts'

type Asked = {
  readonly url: string
  readonly key: string | undefined
  readonly model: string
  readonly messages: readonly (ChatMessage | { role: 'system'; content: string })[]
}

export type Completion =
  | { readonly text: string; readonly usage: { input: number; output: number } | undefined }
  | { readonly status: number; readonly why: string; readonly retryAfter: string | undefined }

/** One request of the Chat Completions API, streamed. Throws when the connection breaks, or the answer ends in its middle. */
export async function complete(
  { url, key, model, messages }: Asked,
  onText: (text: string) => void,
  signal: AbortSignal,
): Promise<Completion> {
  const body = { model, messages, stream: true, stream_options: { include_usage: true } }
  const answer = await nodeFetch()(`${url}/chat/completions`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      ...(key === undefined ? {} : { authorization: `Bearer ${key}` }),
    },
    body: JSON.stringify(body),
    signal,
  })
  if (answer.status !== 200) return refusal(answer)
  return read(answer, onText)
}

type NodeAnswer = Awaited<ReturnType<ReturnType<typeof nodeFetch>>>

async function refusal(answer: NodeAnswer): Promise<Completion> {
  const text = await answer.text()
  const retryAfter = answer.headers['retry-after']
  return { status: answer.status, why: messageIn(text), retryAfter }
}

function messageIn(text: string): string {
  try {
    const { error } = JSON.parse(text) as { error?: { message?: string } | string }
    return (typeof error === 'string' ? error : error?.message) ?? text
  } catch {
    return text
  }
}

type Chunk = {
  choices?: { delta?: { content?: string | null }; finish_reason?: string | null }[]
  usage?: { prompt_tokens?: number; completion_tokens?: number } | null
}

async function read({ body }: NodeAnswer, onText: (text: string) => void): Promise<Completion> {
  let text = ''
  let usage: { input: number; output: number } | undefined
  let isWhole = false
  const parser = createParser({
    onEvent({ data }) {
      if (data === '[DONE]') return
      const { choices = [], usage: told } = JSON.parse(data) as Chunk
      if (told) usage = { input: told.prompt_tokens ?? 0, output: told.completion_tokens ?? 0 }
      const [choice] = choices
      if (choice?.finish_reason) isWhole = true
      const part = choice?.delta?.content
      if (!part) return
      text += part
      onText(part)
    },
  })
  const decoder = new TextDecoder()
  for await (const chunk of body) parser.feed(decoder.decode(chunk as Buffer, { stream: true }))
  if (!isWhole) throw new Error('the answer ended in its middle')
  return { text, usage }
}
