const token = /"(?:\\.|[^"\\])*"|[{}[\],:\n]|[^\s{}[\],:"]+/g

type Frame = { isArray: boolean; key: string | number }

/** The line of each key of a JSON text, by its path: `lineOf('dependencies', 'zod')`; 1 when there is none. */
export function jsonLines(text: string): (...path: string[]) => number {
  const lines = new Map<string, number>()
  const frames: Frame[] = []
  let line = 1
  let last: string | undefined
  for (const [piece] of text.matchAll(token)) {
    if (piece === '\n') line++
    else if (piece === ':' && last !== undefined) {
      enterKey(frames, last)
      lines.set(pathOf(frames), line)
    } else moveFrames(frames, piece)
    last = piece.startsWith('"') ? piece : undefined
  }
  return (...path) => lines.get(path.join('\0')) ?? 1
}

function enterKey(frames: Frame[], literal: string) {
  const frame = frames.at(-1)
  if (frame) frame.key = unquoted(literal)
}

function moveFrames(frames: Frame[], piece: string) {
  if (piece === '{' || piece === '[') frames.push({ isArray: piece === '[', key: 0 })
  else if (piece === '}' || piece === ']') frames.pop()
  else if (piece === ',') {
    const frame = frames.at(-1)
    if (frame?.isArray && typeof frame.key === 'number') frame.key++
  }
}

const pathOf = (frames: readonly Frame[]) => frames.map((frame) => frame.key).join('\0')

function unquoted(literal: string): string {
  try {
    return JSON.parse(literal)
  } catch {
    return literal.slice(1, -1)
  }
}
