/** Longer than any record may be. */
const longestLine = 1_000_000

/** The lines of a text that arrives piece by piece, each without its end. */
export async function* linesOf(pieces: AsyncIterable<string>): AsyncGenerator<string> {
  let rest = ''
  for await (const piece of pieces) {
    const lines = `${rest}${piece}`.split('\n')
    rest = lines.pop() ?? ''
    yield* lines
    if (rest.length > longestLine) break
  }
  if (rest !== '') yield rest
}
