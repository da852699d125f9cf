import { type BraceKind, braceKind, endsStatement } from './function-head.ts'

export type FunctionSpan = { startLine: number; endLine: number }
type Range = { start: number; end: number }

type Frame = {
  bracket: string
  /** Where the statement or member that is being read begins. */
  headFrom: number
  kind?: BraceKind
  functionFrom?: number
}

const closers: Record<string, string> = { '{': '}', '(': ')', '[': ']' }
const tokens = /[{}()[\];,\n]/g
const lineBreakContextChars = 60

/** The functions of code whose comments and strings are blank. None when its brackets do not pair. */
export function braceFunctions(bare: string): FunctionSpan[] {
  const ranges: Range[] = []
  const frames: Frame[] = [{ bracket: '', headFrom: 0 }]
  for (const { 0: char, index } of bare.matchAll(tokens)) {
    const top = frames.at(-1)
    if (!top) return []
    if (char in closers) frames.push(openFrame(bare, top, index))
    else if (/[;,\n]/.test(char)) separate(bare, top, index)
    else if (closers[top.bracket] === char) ranges.push(...closeFrame(frames, index))
    else return []
  }
  return frames.length === 1 ? toLines(bare, ranges) : []
}

function openFrame(bare: string, top: Frame, index: number): Frame {
  const frame: Frame = { bracket: bare.charAt(index), headFrom: index + 1 }
  if (frame.bracket !== '{') return frame
  const head = bare.slice(top.headFrom, index)
  const kind = braceKind(head)
  if (kind !== 'function') return { ...frame, kind }
  return { ...frame, kind, functionFrom: top.headFrom + Math.max(0, head.search(/\S/)) }
}

function separate(bare: string, top: Frame, index: number) {
  const char = bare[index]
  if (char === '\n') {
    if (top.bracket === '(' || top.bracket === '[') return
    const before = bare.slice(Math.max(top.headFrom, index - lineBreakContextChars), index)
    if (!endsStatement(before, bare.slice(index, nextLineEnd(bare, index)))) return
  } else if (char === ',' && top.bracket === '') return
  top.headFrom = index + 1
}

/** Far enough to see what the next line that says something begins with. */
function nextLineEnd(bare: string, index: number): number {
  let i = index
  while (i < bare.length && /\s/.test(bare.charAt(i))) i++
  return i + lineBreakContextChars
}

/** A function or block ends the statement it is part of; a literal or a type does not. */
function closeFrame(frames: Frame[], index: number): Range[] {
  const closed = frames.pop()
  const outer = frames.at(-1)
  if (outer && (closed?.kind === 'function' || closed?.kind === 'block')) outer.headFrom = index + 1
  return closed?.functionFrom === undefined ? [] : [{ start: closed.functionFrom, end: index }]
}

function toLines(bare: string, ranges: readonly Range[]): FunctionSpan[] {
  const starts = [0]
  for (const { index } of bare.matchAll(/\n/g)) starts.push(index + 1)
  return ranges.map(({ start, end }) => ({
    startLine: lineOf(starts, start),
    endLine: lineOf(starts, end),
  }))
}

function lineOf(starts: readonly number[], index: number): number {
  let low = 0
  let high = starts.length
  while (high - low > 1) {
    const middle = (low + high) >> 1
    if ((starts[middle] ?? 0) <= index) low = middle
    else high = middle
  }
  return low + 1
}
