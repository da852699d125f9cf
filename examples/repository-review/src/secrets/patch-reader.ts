/** A run of lines that a commit added to a file; `lines` holds the number of each. */
export type Addition = { commit: string; path: string; text: string; lines: number[] }

const hunk = /^@@ -\d+(?:,(\d+))? \+(\d+)(?:,(\d+))? @@/

/** Reads the output of `git log --patch --unified=0 --format='commit %H'`, one line at a time. */
export function patchReader(onAddition: (addition: Addition) => void) {
  let commit = ''
  let path = ''
  let removedLeft = 0
  let addedLeft = 0
  let lineNo = 0
  let texts: string[] = []
  let lines: number[] = []

  function flush() {
    if (texts.length > 0) onAddition({ commit, path, text: texts.join('\n'), lines })
    texts = []
    lines = []
  }

  /** The counts of the hunk say what is content: an added line may itself look like a header. */
  function content(line: string) {
    if (line.startsWith('+')) {
      texts.push(line.slice(1))
      lines.push(lineNo++)
      addedLeft--
    } else if (line.startsWith('-')) removedLeft--
  }

  function header(line: string) {
    const counts = hunk.exec(line)
    if (counts) {
      removedLeft = Number(counts[1] ?? 1)
      lineNo = Number(counts[2])
      addedLeft = Number(counts[3] ?? 1)
    } else if (line.startsWith('+++ ')) {
      flush()
      path = pathOf(line.slice(4))
    } else if (line.startsWith('commit ')) {
      flush()
      commit = line.slice(7)
    }
  }

  return {
    line: (line: string) => (addedLeft + removedLeft > 0 ? content(line) : header(line)),
    end: flush,
  }
}

const escapes: Record<string, string> = {
  n: '\n',
  t: '\t',
  r: '\r',
  a: '\x07',
  b: '\b',
  v: '\v',
  f: '\f',
}

/** `b/path`, with a tab behind it when it holds a space, in quotes when it holds stranger things. */
function pathOf(field: string): string {
  const bare = field.replace(/\t$/, '')
  if (!bare.startsWith('"')) return bare.replace(/^b\//, '')
  const unquoted = bare
    .slice(1, -1)
    .replace(/\\(?:([0-7]{3})|(.))/g, (_all, octal?: string, char = '') =>
      octal ? String.fromCharCode(Number.parseInt(octal, 8)) : (escapes[char] ?? char),
    )
  return unquoted.replace(/^b\//, '')
}
