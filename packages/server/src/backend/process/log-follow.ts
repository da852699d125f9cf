import { open, stat } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import { lineSplitter } from '../line-splitter.ts'
import type { RunFolder } from './folders.ts'
import { tailOf } from './log-tail.ts'
import { isCode } from './proc.ts'

const lookAgainMs = 250
const chunkBytes = 65_536

type Options = { tailLines: number; isOver: () => Promise<boolean> }

/** The newest lines, then each that is written, until the writer is gone and all of it was read. */
export async function* followLog(
  folder: RunFolder,
  { tailLines, isOver }: Options,
  signal: AbortSignal,
): AsyncGenerator<string> {
  // Between the two a line may be told twice; none is lost.
  let position = await sizeOf(folder.log)
  yield* await tailOf(folder, tailLines)
  const lines = lineSplitter()
  for (let isLast = false; !isLast && !signal.aborted; ) {
    // Asked before the look, so that what is written just before the end is not lost.
    isLast = await isOver()
    if ((await sizeOf(folder.log)) < position) {
      // It was moved aside when it had grown too large, and begins anew.
      for await (const bytes of restOf(folder.olderLog, position)) yield* lines(bytes)
      position = 0
    }
    for await (const bytes of restOf(folder.log, position)) {
      position += bytes.length
      yield* lines(bytes)
    }
    if (!isLast) await sleep(lookAgainMs, undefined, { signal }).catch(() => {})
  }
}

async function sizeOf(path: string): Promise<number> {
  try {
    return (await stat(path)).size
  } catch (error) {
    if (isCode(error, 'ENOENT')) return 0
    throw error
  }
}

async function* restOf(path: string, from: number): AsyncGenerator<Buffer> {
  for (let position = from; ; ) {
    const bytes = await readFrom(path, position)
    if (bytes.length === 0) return
    yield bytes
    position += bytes.length
  }
}

async function readFrom(path: string, position: number): Promise<Buffer> {
  try {
    await using file = await open(path)
    const buffer = Buffer.alloc(chunkBytes)
    const { bytesRead } = await file.read(buffer, 0, chunkBytes, position)
    return buffer.subarray(0, bytesRead)
  } catch (error) {
    if (isCode(error, 'ENOENT')) return Buffer.alloc(0)
    throw error
  }
}
