import {
  MAX_CHAT_FILE_BYTES,
  MAX_CHAT_FILES,
  MAX_CHAT_UPLOAD_BYTES,
} from '@molecule/contract/chat-file'
import type { SentFile } from '../domain/chat-file/save-chat-files.ts'
import { DomainError } from '../domain/error.ts'
import { cleanText } from '../lib/clean-text.ts'
import { type Asked, readBytes } from './body.ts'

const FIELD = 'files'
const MAX_NAME = 255
const ANY_TYPE = 'application/octet-stream'

/** The files of a form (RFC 7578), each whole. */
export async function readFiles(c: Asked): Promise<SentFile[]> {
  const type = c.req.header('content-type') ?? ''
  if (!/^multipart\/form-data\s*;/i.test(type)) throw invalid('the request is no form')
  const body = await readBytes(c, MAX_CHAT_UPLOAD_BYTES)
  const files = (await filesOf(body, type)).filter((file) => file instanceof File)
  if (files.length === 0) throw invalid(`the form has no file in the field "${FIELD}"`)
  if (files.length > MAX_CHAT_FILES) throw invalid(`the form has more than ${MAX_CHAT_FILES} files`)
  const large = files.find(({ size }) => size > MAX_CHAT_FILE_BYTES)
  if (large) throw tooLarge(nameOf(large))
  return Promise.all(
    files.map(async (file) => ({
      name: nameOf(file),
      mimeType: typeOf(file),
      bytes: new Uint8Array(await file.arrayBuffer()),
    })),
  )
}

async function filesOf(body: Uint8Array, type: string) {
  try {
    const form = await new Response(body, { headers: { 'content-type': type } }).formData()
    return form.getAll(FIELD)
  } catch {
    throw invalid('the form cannot be read')
  }
}

/** A name in one line, without a folder. */
function nameOf({ name }: File): string {
  const last = cleanText(name).split(/[/\\]/).at(-1) ?? ''
  const line = last.replaceAll(/[\p{Cc}\p{Cf}]/gu, '').trim()
  return [...line].slice(0, MAX_NAME).join('') || 'file'
}

const typeOf = ({ type }: File) => {
  const plain = type.split(';')[0]?.trim() ?? ''
  return /^[\w.+-]{1,100}\/[\w.+-]{1,100}$/.test(plain) ? plain : ANY_TYPE
}

const invalid = (detail: string) =>
  new DomainError('invalid', detail, {
    hint: `Send multipart/form-data with one or more files in the field "${FIELD}".`,
    fields: [{ path: FIELD, message: detail }],
  })

const tooLarge = (name: string) =>
  new DomainError('too_large', `${name} is larger than ${MAX_CHAT_FILE_BYTES} bytes`, {
    hint: 'Put it where its reader reaches it, and name that address as the uri of an attachment.',
  })
