import { copyFileSync, fstatSync, ftruncateSync, type Stats, statSync, writeSync } from 'node:fs'

export type Level = 'info' | 'warn' | 'error'
/** One JSON line; `fields` never hold a secret or what an agent was asked. */
export type Log = (level: Level, message: string, fields?: Record<string, unknown>) => void

const maxLogBytes = 5_000_000
const stdout = 1

/** Writes to standard output. Where that is the file `path`, it is kept in two parts of at most 5 MB. */
export function hostLog(path: string, { maxBytes = maxLogBytes, fd = stdout } = {}): Log {
  const isBounded = isSameFile(path, fd)
  let sizeBytes = isBounded ? fstatSync(fd).size : 0
  return (level, message, fields = {}) => {
    const time = new Date().toISOString()
    const line = `${JSON.stringify({ time, level, message, ...plain(fields) })}\n`
    try {
      if (isBounded && sizeBytes > maxBytes) {
        copyFileSync(path, `${path}.1`)
        // The launcher opened it for appending, so writing goes on at the new end.
        ftruncateSync(fd)
        sizeBytes = 0
      }
      sizeBytes += writeSync(fd, line)
    } catch {
      // A full disk or a closed terminal must not end the work.
    }
  }
}

function isSameFile(path: string, fd: number) {
  const named: Stats | undefined = statSync(path, { throwIfNoEntry: false })
  const opened = fstatSync(fd)
  return named?.ino === opened.ino && named.dev === opened.dev
}

const plain = (fields: Record<string, unknown>) =>
  Object.fromEntries(
    Object.entries(fields).map(([name, value]) => [
      name,
      value instanceof Error ? value.message : value,
    ]),
  )
