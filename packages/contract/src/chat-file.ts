import { z } from 'zod'

/** Of one file, and of all that one request sends with their names. */
export const MAX_CHAT_FILE_BYTES = 25 * 1024 * 1024
export const MAX_CHAT_UPLOAD_BYTES = 50 * 1024 * 1024

/** How many one request may send: as many as a message may name. */
export const MAX_CHAT_FILES = 50

/** A file of a chat, as `POST /workspaces/:id/notify` takes it for an attachment. */
export const ChatFile = z.object({
  uri: z.string(),
  name: z.string(),
  mimeType: z.string(),
  size: z.number().int(),
})
export type ChatFile = z.infer<typeof ChatFile>

/** Answer of `POST /workspaces/:id/chat/uploads`, in the order they were sent. */
export const UploadedFiles = z.object({ files: z.array(ChatFile) })
export type UploadedFiles = z.infer<typeof UploadedFiles>
