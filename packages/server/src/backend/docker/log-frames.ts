import { lineSplitter } from '../line-splitter.ts'

const headerBytes = 8

/** The text in what the engine sends of a container without a terminal: frames of both its streams, in order. */
export function textOfFrames(frames: Buffer): string {
  const parts: Buffer[] = []
  let at = 0
  while (at + headerBytes <= frames.length) {
    const length = frames.readUInt32BE(at + 4)
    parts.push(frames.subarray(at + headerBytes, at + headerBytes + length))
    at += headerBytes + length
  }
  return Buffer.concat(parts).toString('utf8')
}

/** The same as it arrives, line by line; a frame may come in pieces. */
export async function* linesOfFrames(pieces: AsyncIterable<Buffer>): AsyncGenerator<string> {
  const lines = lineSplitter()
  let waiting = Buffer.alloc(0)
  for await (const piece of pieces) {
    waiting = Buffer.concat([waiting, piece])
    while (waiting.length >= headerBytes) {
      const end = headerBytes + waiting.readUInt32BE(4)
      if (waiting.length < end) break
      yield* lines(waiting.subarray(headerBytes, end))
      waiting = waiting.subarray(end)
    }
  }
}
