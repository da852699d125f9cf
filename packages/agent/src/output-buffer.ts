import type { AttemptProgress } from '@molecule/contract/host'

export type Stream = 'stdout' | 'stderr'
export type Chunk = AttemptProgress['output'][number]

/** What one attempt printed and the server does not have yet. */
export type OutputBuffer = {
  write(stream: Stream, text: string): void
  /** Up to `budget` UTF-16 units. The same chunks again until they are confirmed, so that none counts twice. */
  take(budget: number): Chunk[]
  confirm(): void
  isEmpty(): boolean
  /** UTF-16 units printed in all, kept or not. */
  printed(): number
}

export const maxStoredUnits = 1_000_000
const maxChunks = 16
export const cutMarker = '\n[the output goes on; only its first 1 MB is kept]\n'

export function outputBuffer(): OutputBuffer {
  let waiting: { stream: Stream; text: string }[] = []
  let sent: Chunk[] = []
  let chunk = 0
  let offset = 0
  let kept = 0
  let printed = 0

  const keep = (stream: Stream, text: string) => {
    const last = waiting.at(-1)
    if (last?.stream === stream) last.text += text
    else if (text !== '') waiting.push({ stream, text })
  }
  const cut = (budget: number): Chunk[] => {
    const chunks: Chunk[] = []
    let left = budget
    for (let first = waiting[0]; first && chunks.length < maxChunks; first = waiting[0]) {
      const text = head(first.text, left)
      if (text === '') break
      chunks.push({ chunk: chunk++, offset, stream: first.stream, text })
      offset += text.length
      left -= text.length
      first.text = first.text.slice(text.length)
      if (first.text === '') waiting = waiting.slice(1)
    }
    return chunks
  }

  return {
    write(stream, text) {
      printed += text.length
      const room = maxStoredUnits - kept
      if (room <= 0) return
      const fits = text.length <= room
      keep(stream, fits ? text : head(text, room) + cutMarker)
      kept = fits ? kept + text.length : maxStoredUnits
    },
    take(budget) {
      if (sent.length === 0) sent = cut(budget)
      return sent
    },
    confirm() {
      sent = []
    },
    isEmpty: () => sent.length === 0 && waiting.length === 0,
    printed: () => printed,
  }
}

/** The first `length` units, one less where the cut would split a character. */
function head(text: string, length: number) {
  if (text.length <= length) return text
  const last = text.charCodeAt(length - 1)
  const isSplit = last >= 0xd800 && last <= 0xdbff
  return text.slice(0, isSplit ? length - 1 : length)
}
