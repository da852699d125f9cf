export type LogLine = { readonly no: number; readonly text: string }

export type LogLines = {
  readonly lines: readonly LogLine[]
  /** The beginning of a line whose end has not come. */
  readonly rest: string
  readonly nextNo: number
  /** Older lines were let go. */
  readonly cut: boolean
}

export const noLines: LogLines = { lines: [], rest: '', nextNo: 0, cut: false }

const maxLines = 5000
const maxLineChars = 10_000

/** Text comes in pieces as the network cuts it. Keeps the newest lines; numbers are never used twice. */
export function withText(log: LogLines, text: string, most = maxLines): LogLines {
  const parts = (log.rest + text).split('\n')
  const rest = (parts.pop() ?? '').slice(0, maxLineChars)
  const added = parts.map((part, index) => ({
    no: log.nextNo + index,
    text: part.slice(0, maxLineChars),
  }))
  const all = [...log.lines, ...added]
  return {
    lines: all.slice(-most),
    rest,
    nextNo: log.nextNo + added.length,
    cut: log.cut || all.length > most,
  }
}

/** To be filled anew, with other numbers than before. */
export const emptied = ({ nextNo }: LogLines): LogLines => ({ ...noLines, nextNo })
