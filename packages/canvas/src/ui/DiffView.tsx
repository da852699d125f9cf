import { text } from '../strings.ts'
import { type Hunk, hunksOf } from './diff-lines.ts'

type Files = Readonly<Record<string, string>>
type Props = { before: Files; after: Files; paths: readonly string[] }

/** More lines than this are not drawn of one file. */
const MAX_LINES = 600

/** File by file what leads from one state to another. */
export function DiffView({ before, after, paths }: Props) {
  if (paths.length === 0) return <p className="faint">{text.diff.none}</p>
  return (
    <div className="diffs">
      {paths.map((path) => (
        <section key={path} className="diff" aria-label={text.diff.of(path)}>
          <h4>
            <code>{path}</code> <span className="diff-fate">{fateOf(path, before, after)}</span>
          </h4>
          <Changes hunks={hunksOf(before[path] ?? '', after[path] ?? '')} />
        </section>
      ))}
    </div>
  )
}

function fateOf(path: string, before: Files, after: Files): string {
  if (!Object.hasOwn(before, path)) return text.diff.added
  return Object.hasOwn(after, path) ? '' : text.diff.removed
}

function Changes({ hunks }: { hunks: readonly Hunk[] | undefined }) {
  if (!hunks) return <p className="diff-note">{text.diff.tooMuch}</p>
  if (hunks.length === 0) return <p className="diff-note">{text.diff.empty}</p>
  let left = MAX_LINES
  const shown = hunks.flatMap(({ line, lines }) => {
    const some = lines.slice(0, left)
    left -= some.length
    return some.length > 0 ? [{ line, lines: some }] : []
  })
  const all = hunks.reduce((sum, { lines }) => sum + lines.length, 0)
  return (
    <>
      <pre className="mono">
        {shown.map((hunk) => (
          <HunkLines key={hunk.line} {...hunk} />
        ))}
      </pre>
      {all > MAX_LINES && <p className="diff-note">{text.diff.cut(all - MAX_LINES)}</p>}
    </>
  )
}

const tagOf = { same: 'span', added: 'ins', removed: 'del' } as const

function HunkLines({ line, lines }: Hunk) {
  return (
    <>
      <span className="diff-place">{text.diff.fromLine(line)}</span>
      {lines.map(({ kind, text: told }, index) => {
        const Line = tagOf[kind]
        return (
          // biome-ignore lint/suspicious/noArrayIndexKey: the lines of one difference never move.
          <Line key={index} className="diff-line">
            {`${told}\n`}
          </Line>
        )
      })}
    </>
  )
}
