import { Readable } from 'node:stream'
import type { UploadedFiles } from '@molecule/contract/chat-file'
import { Hono } from 'hono'
import { z } from 'zod'
import type { ChatFileRow } from '../db/tables.ts'
import { findChatFile } from '../domain/chat-file/chat-file-store.ts'
import { chatFileToWire, idIn, isPathOf } from '../domain/chat-file/chat-file-uri.ts'
import { saveChatFiles } from '../domain/chat-file/save-chat-files.ts'
import { DomainError, notFound } from '../domain/error.ts'
import { atOnce } from '../lib/at-once.ts'
import { guard } from './authenticate.ts'
import { readQuery } from './body.ts'
import type { AppEnv, Services } from './context.ts'
import { readFiles } from './multipart.ts'
import { ownWorkspace } from './own-workspace.ts'

/** Each holds its files in memory until they are stored. */
const UPLOADS_AT_ONCE = 4

const Wanted = z.object({ path: z.string().min(1).max(2000) })

/** Files that are said in a chat, under `/workspaces/:id/chat`. */
export const chatFileRoutes = (services: Services) => {
  const { db, chatFolder } = services
  const sideBySide = atOnce(UPLOADS_AT_ONCE, tooMany)
  return new Hono<AppEnv>()
    .post('/:id/chat/uploads', guard(services, 'POST /workspaces/:id/chat/uploads'), async (c) => {
      const { principal } = c.var
      const id = await ownWorkspace(services, principal, c.req.param('id'))
      const rows = await sideBySide(async () =>
        saveChatFiles(services, principal, id, await readFiles(c)),
      )
      const told: UploadedFiles = { files: rows.map(chatFileToWire) }
      return c.json(told)
    })
    .get('/:id/chat/download', guard(services, 'GET /workspaces/:id/chat/download'), async (c) => {
      const id = await ownWorkspace(services, c.var.principal, c.req.param('id'))
      const { path } = readQuery(c, Wanted)
      const row = await findChatFile(db, id, idIn(path) ?? '')
      if (!row || !isPathOf(row, path)) throw notFound('file', path)
      const bytes = await chatFolder.read({ workspaceId: id, id: row.id })
      if (!bytes) throw elsewhere(row)
      return c.body(Readable.toWeb(bytes) as ReadableStream, 200, {
        'content-type': row.mimeType,
        'content-length': String(row.sizeBytes),
        'content-disposition': dispositionOf(row),
        'cache-control': 'private, no-store',
      })
    })
}

/** Always to be saved, never to be shown: it is what somebody sent. RFC 6266, with the name of RFC 8187. */
const dispositionOf = ({ name }: ChatFileRow) => {
  const plain = name.replaceAll(/[^\w. -]/g, '_')
  const encoded = encodeURIComponent(name).replaceAll(
    /['()*]/g,
    (each) => `%${each.charCodeAt(0).toString(16).toUpperCase()}`,
  )
  return `attachment; filename="${plain}"; filename*=UTF-8''${encoded}`
}

const tooMany = () =>
  new DomainError('unavailable', `${UPLOADS_AT_ONCE} uploads are being taken already`, {
    hint: 'Try again in a moment.',
  })

const elsewhere = ({ name }: ChatFileRow) =>
  new DomainError('unavailable', `${name} is not in the data folder of this server`, {
    hint: 'Ask the server that took it, or let them share a folder.',
  })
