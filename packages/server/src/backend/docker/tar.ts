/** A file, or a folder when it has no content. */
export type TarEntry = {
  readonly path: string
  readonly mode: number
  readonly owner: number
  readonly content?: string
}

const blockBytes = 512

/** An archive in the ustar format, of a few small entries. */
export const tarOf = (entries: readonly TarEntry[]): Buffer =>
  Buffer.concat([...entries.flatMap(blocksOf), Buffer.alloc(2 * blockBytes)])

function blocksOf(entry: TarEntry): Buffer[] {
  const content = Buffer.from(entry.content ?? '')
  const padding = (blockBytes - (content.length % blockBytes)) % blockBytes
  return [headerOf(entry, content.length), content, Buffer.alloc(padding)]
}

function headerOf({ path, mode, owner, content }: TarEntry, sizeBytes: number): Buffer {
  const header = Buffer.alloc(blockBytes)
  if (Buffer.byteLength(path) > 100) throw new Error(`${path} is too long for the archive`)
  const octal = (value: number, length: number) =>
    `${value.toString(8).padStart(length - 1, '0')}\0`
  header.write(path, 0)
  header.write(octal(mode, 8), 100)
  header.write(octal(owner, 8), 108)
  header.write(octal(owner, 8), 116)
  header.write(octal(sizeBytes, 12), 124)
  header.write(octal(0, 12), 136)
  header.write(' '.repeat(8), 148)
  header.write(content === undefined ? '5' : '0', 156)
  header.write('ustar\u000000', 257)
  const sum = header.reduce((total, byte) => total + byte, 0)
  header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148)
  return header
}
