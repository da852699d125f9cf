import type { Message, SendMessageRequest } from '@a2a-js/sdk'
import { contentType, malformed } from './errors.ts'

const MAX_ID_CHARS = 255
const anyText = /^(\*\/\*|text\/.+|application\/json)$/

/** The words of a message: its texts, and its data as JSON. Files are refused: nothing would read them. */
export function wordsOf(request: SendMessageRequest): { message: Message; text: string } {
  const { message, configuration } = request
  if (!message) throw malformed('params.message is missing.')
  if (message.messageId === '') throw malformed('params.message.messageId is missing.')
  if (message.messageId.length > MAX_ID_CHARS || message.contextId.length > MAX_ID_CHARS)
    throw malformed(`An id has at most ${MAX_ID_CHARS} characters.`)
  const modes = configuration?.acceptedOutputModes ?? []
  if (modes.length > 0 && !modes.some((mode) => anyText.test(mode)))
    throw contentType(`Answers are text/plain; none of ${modes.join(', ')} is.`)
  const text = message.parts.map((part, index) => textOf(part, index)).join('\n')
  if (text.trim() === '') throw malformed('params.message.parts holds no text.')
  return { message, text }
}

function textOf({ content }: Message['parts'][number], index: number): string {
  switch (content?.$case) {
    case 'text':
      return content.value
    case 'data':
      return JSON.stringify(content.value)
    case undefined:
      throw malformed(`params.message.parts.${index} holds neither text nor data.`)
    default:
      throw contentType(`params.message.parts.${index} is a file. Send text or data.`)
  }
}
