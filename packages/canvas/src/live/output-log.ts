import type { OutputChunk } from '@molecule/contract/task'

/** Consecutive output of one stream of one attempt. */
export type OutputBlock = {
  attempt: number
  stream: OutputChunk['stream']
  /** Where it begins in the attempt's output. */
  start: number
  text: string
  at: string
}

export type OutputLog = {
  blocks: readonly OutputBlock[]
  /** Newest attempt seen, and how far its output is known. */
  attempt: number
  end: number
  /** True when the beginning was cut away to keep the page light. */
  cut: boolean
}

export const emptyOutput: OutputLog = { blocks: [], attempt: 0, end: 0, cut: false }

/** What is kept of one task's output; the beginning goes first. */
export const maxOutputChars = 200_000

/** False when output between what is known and this chunk is missing. */
export function follows(log: OutputLog, chunk: OutputChunk): boolean {
  if (chunk.attempt < log.attempt) return true
  return chunk.attempt === log.attempt ? chunk.offset <= log.end : chunk.offset === 0
}

/** Pure. What is known already is skipped, even when a chunk overlaps it. */
export function append(log: OutputLog, chunks: readonly OutputChunk[]): OutputLog {
  let next = log
  for (const chunk of chunks) next = appendOne(next, chunk)
  return next === log ? log : cutToSize(next)
}

function appendOne(log: OutputLog, chunk: OutputChunk): OutputLog {
  if (chunk.attempt < log.attempt) return log
  const end = chunk.attempt === log.attempt ? log.end : 0
  const text = chunk.text.slice(Math.max(0, end - chunk.offset))
  if (text === '') return log
  const position = { attempt: chunk.attempt, end: Math.max(end, chunk.offset) + text.length }
  const last = log.blocks.at(-1)
  if (last && last.attempt === chunk.attempt && last.stream === chunk.stream) {
    const blocks = [...log.blocks.slice(0, -1), { ...last, text: last.text + text }]
    return { ...log, ...position, blocks }
  }
  const { attempt, stream, at } = chunk
  const block = { attempt, stream, start: position.end - text.length, text, at }
  return { ...log, ...position, blocks: [...log.blocks, block] }
}

function cutToSize(log: OutputLog): OutputLog {
  let excess = log.blocks.reduce((sum, block) => sum + block.text.length, 0) - maxOutputChars
  if (excess <= 0) return log
  const blocks: OutputBlock[] = []
  for (const block of log.blocks) {
    const text = block.text.slice(Math.max(0, excess))
    excess -= block.text.length - text.length
    if (text !== '') blocks.push({ ...block, text })
  }
  return { ...log, blocks, cut: true }
}
