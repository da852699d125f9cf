import { channel } from 'node:diagnostics_channel'
import type { z } from 'zod'
import { DomainError } from '../domain/error.ts'
import { cleanText } from '../lib/clean-text.ts'

/** What is read of a request; every route's context has it, whatever its variables. */
export type Asked = {
  req: { raw: Request; header(name: string): string | undefined; query(): Record<string, string> }
  header(name: string, value: string): void
}

/** Deeper than any document of ours; what walks one may call itself this often. */
const MAX_DEPTH = 64
/** The most a request may hold; a route that must take more says so. */
export const MAX_BODY_BYTES = 12 * 1024 * 1024

/** The JSON body as the schema wants it, free of NULs and lone surrogates; a strict schema refuses unknown fields. */
export async function readBody<S extends z.ZodType>(
  c: Asked,
  schema: S,
  { maxBytes = MAX_BODY_BYTES }: { maxBytes?: number } = {},
): Promise<z.infer<S>> {
  return check(schema, clean(await readJson(c, maxBytes)), 'the request body')
}

/** The same for routes of the older API: unknown fields are ignored, and named in a header. */
export async function readLenientBody<S extends z.ZodObject>(
  c: Asked,
  schema: S,
  { maxBytes = MAX_BODY_BYTES }: { maxBytes?: number } = {},
): Promise<z.infer<S>> {
  const json = clean(await readJson(c, maxBytes))
  if (typeof json === 'object' && json !== null) {
    const ignored = Object.keys(json).filter((key) => !Object.hasOwn(schema.shape, key))
    const names = ignored.filter((key) => /^[\w.-]{1,64}$/.test(key)).slice(0, 20)
    if (names.length > 0) c.header('Molecule-Ignored-Fields', names.join(', '))
  }
  return check(schema, json, 'the request body')
}

export function readQuery<S extends z.ZodType>(c: Asked, schema: S): z.infer<S> {
  return check(schema, c.req.query(), 'the query')
}

/** Tells observers of this process with which schema a request is read; without any it costs nothing. */
const checks = channel('molecule:check')

export function check<S extends z.ZodType>(schema: S, value: unknown, what: string): z.infer<S> {
  checks.publish({ schema, what })
  const parsed = schema.safeParse(value)
  if (parsed.success) return parsed.data
  const fields = parsed.error.issues.map((issue) => ({
    path: issue.path.join('.'),
    message: issue.message,
  }))
  const first = fields[0]
  throw new DomainError(
    'invalid',
    `${what} is not valid: ${first?.path || 'it'}: ${first?.message}`,
    {
      hint: 'Mend the fields named.',
      fields,
    },
  )
}

/** The JSON body as it is, for a protocol whose own codec checks it. */
export async function readJson(c: Asked, maxBytes = MAX_BODY_BYTES): Promise<unknown> {
  return parse(decode(await readBytes(c, maxBytes)))
}

/** The JSON of a body that was read before, free of NULs and lone surrogates. */
export const documentOf = (bytes: Uint8Array): unknown => clean(parse(decode(bytes)))

function parse(text: string): unknown {
  if (text.trim() === '') return {}
  try {
    return JSON.parse(text)
  } catch (error) {
    const why = error instanceof Error ? error.message : ''
    throw new DomainError('invalid', `the request body is not JSON: ${why}`, {
      hint: 'Send one JSON document, with content-type application/json.',
    })
  }
}

/** The body as it came. */
export async function readBytes(c: Asked, maxBytes: number): Promise<Uint8Array> {
  const declared = c.req.header('content-length')
  if (declared === undefined) return readUndeclared(c.req.raw.body, maxBytes)
  if (Number(declared) > maxBytes) throw tooLarge(maxBytes)
  // HTTP ends the body where its declared length does. Read in one go, it takes no web stream, which costs more.
  return new Uint8Array(await c.req.raw.arrayBuffer())
}

async function readUndeclared(
  body: ReadableStream<Uint8Array> | null,
  maxBytes: number,
): Promise<Uint8Array> {
  const chunks: Uint8Array[] = []
  let size = 0
  for await (const chunk of body ?? []) {
    size += chunk.byteLength
    if (size > maxBytes) throw tooLarge(maxBytes)
    chunks.push(chunk)
  }
  return Buffer.concat(chunks)
}

function decode(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    throw new DomainError('invalid', 'the request body is not valid UTF-8', {
      hint: 'Encode the JSON document as UTF-8.',
    })
  }
}

const tooDeep = () =>
  new DomainError('invalid', `the request body is nested deeper than ${MAX_DEPTH} levels`, {
    hint: 'Send a flatter document.',
  })

const tooLarge = (maxBytes: number) =>
  new DomainError('too_large', `the request body is larger than ${maxBytes} bytes`, {
    hint: 'Send less, or put large content where the workspace can read it.',
  })

function clean(value: unknown, depth = 0): unknown {
  if (typeof value === 'string') return cleanText(value)
  if (typeof value !== 'object' || value === null) return value
  if (depth === MAX_DEPTH) throw tooDeep()
  if (Array.isArray(value)) return value.map((each) => clean(each, depth + 1))
  return Object.fromEntries(
    Object.entries(value).map(([key, each]) => [cleanText(key), clean(each, depth + 1)]),
  )
}
