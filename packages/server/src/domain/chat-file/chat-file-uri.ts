import { ChatFile } from '@molecule/contract/chat-file'
import type { ChatFileRow } from '../../db/tables.ts'

/** Where older clients look for such files: a path of the workspace, which names the file and leads nowhere else. */
const FOLDER = '/workspace/.molecule/chat-uploads'
const SCHEME = 'workspace:'
const MAX_NAME = 100

type Named = Pick<ChatFileRow, 'id' | 'name'>

const uriOf = ({ id, name }: Named) => {
  const plain = name.replaceAll(/[^A-Za-z0-9._-]/g, '_').slice(0, MAX_NAME)
  return `${SCHEME}${FOLDER}/${id.replaceAll('-', '')}-${plain}`
}

/** The id in a path or a uri, if it is one of a file of a chat. */
export function idIn(path: string): string | undefined {
  const [, hex] = /\/([0-9a-f]{32})-[^/]*$/.exec(path) ?? []
  return hex?.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5')
}

/** Whether a path or a uri is exactly that of this file. */
export const isPathOf = (row: Named, path: string): boolean =>
  uriOf(row) === (path.startsWith(SCHEME) ? path : `${SCHEME}${path}`)

export const chatFileToWire = (row: ChatFileRow): ChatFile =>
  ChatFile.parse({
    uri: uriOf(row),
    name: row.name,
    mimeType: row.mimeType,
    size: row.sizeBytes,
  })
