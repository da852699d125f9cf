import { type Environment, given } from '../environment.ts'
import { type Spinner, spinner } from './spinner.ts'
import { type Style, styleFor } from './style.ts'
import { type Column, renderDetails, renderTable } from './table.ts'
import { type Sink, terminal } from './terminal.ts'

export type Output = ReturnType<typeof output>

type OutputOptions = { stdout: Sink; stderr: Sink; env: Environment; isJson: () => boolean }

/** Everything a command prints goes through here: results to standard output, the rest to standard error. */
export function output({ stdout, stderr, env, isJson }: OutputOptions) {
  const screen = terminal(stdout, stderr)
  const hasColor = given(env.NO_COLOR) === undefined && env.TERM !== 'dumb'
  const style: Style = styleFor(screen.isTerminal && hasColor)
  const noteStyle: Style = styleFor(screen.hasProgress && hasColor)
  const lines = (texts: readonly string[]) => screen.out(texts.map((text) => `${text}\n`).join(''))
  return {
    screen,
    style,
    noteStyle,
    get isJson() {
      return isJson()
    },
    lines,
    /** The result in its two forms: one JSON document, or what `print` writes. */
    show: (document: unknown, print: () => void) => {
      if (isJson()) screen.out(`${JSON.stringify(document, null, 2)}\n`)
      else print()
    },
    document: (value: unknown) => screen.out(`${JSON.stringify(value, null, 2)}\n`),
    /** One line of a stream of JSON documents. */
    jsonLine: (document: unknown) => screen.out(`${JSON.stringify(document)}\n`),
    table: <Row>(rows: readonly Row[], columns: readonly Column<Row>[]) =>
      lines(renderTable(rows, columns, { width: screen.width, style })),
    details: (pairs: Parameters<typeof renderDetails>[0]) => lines(renderDetails(pairs, style)),
    /** For people, on standard error. */
    note: (text: string) => screen.err(`${text}\n`),
    spinner: (label: string): Spinner => spinner(screen, label),
  }
}
