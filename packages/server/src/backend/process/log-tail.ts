import { open } from 'node:fs/promises'
import type { RunFolder } from './folders.ts'
import { isCode } from './proc.ts'

const tailBytes = 262_144

/** The newest lines of a host's log, oldest first; older ones than the last 256 KiB are not looked at. */
export async function tailOf(folder: RunFolder, lines: number): Promise<string[]> {
  const newer = await endOf(folder.log, tailBytes)
  const older = await endOf(folder.olderLog, tailBytes - newer.length)
  const text = Buffer.concat([older, newer]).toString('utf8')
  const all = text.endsWith('\n') ? text.slice(0, -1).split('\n') : text.split('\n')
  return text === '' || lines <= 0 ? [] : all.slice(-lines)
}

async function endOf(path: string, maxBytes: number): Promise<Buffer> {
  try {
    await using file = await open(path)
    const { size } = await file.stat()
    const length = Math.min(size, maxBytes)
    const { buffer, bytesRead } = await file.read(Buffer.alloc(length), 0, length, size - length)
    return buffer.subarray(0, bytesRead)
  } catch (error) {
    if (isCode(error, 'ENOENT')) return Buffer.alloc(0)
    throw error
  }
}
