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
