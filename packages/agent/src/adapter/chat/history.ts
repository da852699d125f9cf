import { createHash } from 'node:crypto'
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

export type ChatMessage = { readonly role: 'user' | 'assistant'; readonly content: string }

/** Of one thread; the oldest are let go. */
const maxMessages = 200

/** What was said in each thread, a file for each, for a program that remembers nothing by itself. */
export function chatHistory(folder: string) {
  const fileOf = (thread: string) =>
    join(folder, `${createHash('sha256').update(thread).digest('hex').slice(0, 32)}.json`)
  return {
    async of(thread: string): Promise<ChatMessage[]> {
      const text = await readFile(fileOf(thread), 'utf8').catch(() => '[]')
      return JSON.parse(text) as ChatMessage[]
    },
    async write(thread: string, messages: readonly ChatMessage[]): Promise<void> {
      await mkdir(folder, { recursive: true })
      const file = fileOf(thread)
      await writeFile(`${file}.next`, JSON.stringify(messages.slice(-maxMessages)), { mode: 0o600 })
      await rename(`${file}.next`, file)
    },
  }
}
