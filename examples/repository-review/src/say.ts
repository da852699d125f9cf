/** Standard error is the log of a task; standard output is the answer alone. */
export function say(line: string) {
  process.stderr.write(`${line}\n`)
}
