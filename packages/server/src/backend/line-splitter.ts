/** Bytes go in as they were written; whole lines come out. */
export function lineSplitter(): (bytes: Buffer) => string[] {
  const decoder = new TextDecoder()
  let rest = ''
  return (bytes) => {
    const lines = (rest + decoder.decode(bytes, { stream: true })).split('\n')
    rest = lines.pop() ?? ''
    return lines
  }
}
