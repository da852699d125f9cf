import { oneLine, truncate } from './plain-text.ts'

export type Sink = {
  write(text: string): unknown
  isTTY?: boolean | undefined
  columns?: number | undefined
}

/** Also where a terminal does not know, and says 0. */
const usualWidth = 80

/** Owns both streams, so that a progress line never mixes with what is printed. */
export function terminal(stdout: Sink, stderr: Sink) {
  let isDrawn = false
  let isLineOpen = false

  const clearProgress = () => {
    if (isDrawn) stderr.write('\r\u001b[2K')
    isDrawn = false
  }
  const write = (sink: Sink, text: string) => {
    if (text === '') return
    clearProgress()
    sink.write(text)
    if (sink.isTTY) isLineOpen = !text.endsWith('\n')
  }
  return {
    isTerminal: stdout.isTTY === true,
    hasProgress: stderr.isTTY === true,
    /** One thing is waited for at a time: what began first keeps the line. */
    isWaiting: false,
    width: stdout.isTTY ? stdout.columns || usualWidth : undefined,
    out: (text: string) => write(stdout, text),
    err: (text: string) => write(stderr, text),
    /** Ends a line that streamed text left open. */
    endLine: () => {
      if (isLineOpen) write(stdout.isTTY ? stdout : stderr, '\n')
    },
    drawProgress: (text: string) => {
      if (isLineOpen) return
      stderr.write(`\r\u001b[2K${truncate(oneLine(text), (stderr.columns || usualWidth) - 1)}`)
      isDrawn = true
    },
    clearProgress,
  }
}

export type Terminal = ReturnType<typeof terminal>
