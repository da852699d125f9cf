import { posix } from 'node:path'
import {
  type Document,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  parseDocument,
} from 'yaml'
import { type At, templateError } from './template-error.ts'

export type Files = ReadonlyMap<string, string>

/** A value read from YAML, and where each part of it stands. */
export type Sourced = { value: unknown; at(path: readonly PropertyKey[]): At }

const MAX_INCLUDES = 16
const INCLUDE = '!include'

type Places = WeakMap<object, { self: At; parts: Map<PropertyKey, At> }>
type Reading = {
  files: Files
  places: Places
  file: string
  /** Files that are being included, the outermost first. */
  inside: readonly string[]
  lines: LineCounter
  doc: Document
}

/** Reads one file of a template with all that it includes. Throws with the place of whatever is wrong. */
export function readYaml(files: Files, file: string): Sourced {
  const places: Places = new WeakMap()
  const value = readFile(files, places, file, [])
  return { value, at: (path) => placeOf(places, value, path, { file, line: 1, column: 1 }) }
}

function readFile(files: Files, places: Places, file: string, inside: readonly string[]): unknown {
  const lines = new LineCounter()
  const doc = parseDocument(files.get(file) ?? '', {
    lineCounter: lines,
    merge: true,
    customTags: [{ tag: INCLUDE, resolve: (text: string) => text }],
  })
  const [error] = doc.errors
  if (error) {
    const { line, col: column } = error.linePos?.[0] ?? { line: 1, col: 1 }
    throw templateError([{ at: { file, line, column }, message: firstLine(error.message) }])
  }
  const reading = { files, places, file, inside: [...inside, file], lines, doc }
  return doc.contents === null ? null : partOf(reading, doc.contents as Node)
}

const firstLine = (message: string) => message.split('\n')[0] ?? message

function at({ file, lines }: Reading, node: Node): At {
  const { line, col: column } = lines.linePos(node.range?.[0] ?? 0)
  return { file, line, column }
}

function partOf(reading: Reading, node: Node): unknown {
  if (isAlias(node)) {
    const source = node.resolve(reading.doc)
    return source ? partOf(reading, source) : null
  }
  if (isMap(node)) return mapOf(reading, node)
  if (isSeq(node)) return listOf(reading, node)
  if (isScalar(node) && node.tag === INCLUDE) return included(reading, node)
  return isScalar(node) ? node.value : null
}

function mapOf(reading: Reading, node: Node & { items: unknown[] }): Record<string, unknown> {
  const found: Record<string, unknown> = {}
  const parts = new Map<PropertyKey, At>()
  for (const { key, value } of node.items as { key: Node; value: Node | null }[]) {
    const name = String(isScalar(key) ? key.value : key)
    const inner = value === null ? null : partOf(reading, value)
    if (name === '<<') Object.assign(found, inner, found)
    else {
      found[name] = inner
      parts.set(name, at(reading, key))
    }
  }
  reading.places.set(found, { self: at(reading, node), parts })
  return found
}

/** A list that is included in a list stands there with its items. */
function listOf(reading: Reading, node: Node & { items: unknown[] }): unknown[] {
  const found: unknown[] = []
  const parts = new Map<PropertyKey, At>()
  for (const item of node.items as Node[]) {
    const inner = partOf(reading, item)
    const isSpread = isScalar(item) && item.tag === INCLUDE && Array.isArray(inner)
    for (const each of isSpread ? (inner as unknown[]) : [inner]) {
      parts.set(found.length, at(reading, item))
      found.push(each)
    }
  }
  reading.places.set(found, { self: at(reading, node), parts })
  return found
}

function included(reading: Reading, node: Node & { value: unknown }): unknown {
  const { files, places, file, inside } = reading
  const fail = (message: string) => templateError([{ at: at(reading, node), message }])
  const asked = String(node.value)
  const path = posix.normalize(posix.join(posix.dirname(file), asked))
  if (posix.isAbsolute(asked) || path.startsWith('..'))
    throw fail(`!include ${asked} leads out of the template`)
  if (!files.has(path)) throw fail(`!include ${asked}: there is no file ${path} in the template`)
  if (inside.includes(path)) throw fail(`!include ${asked} includes itself: ${inside.join(' > ')}`)
  if (inside.length >= MAX_INCLUDES) throw fail(`!include goes deeper than ${MAX_INCLUDES} files`)
  return readFile(files, places, path, inside)
}

/** The place of a part, or of the nearest thing around it that has one. */
function placeOf(places: Places, root: unknown, path: readonly PropertyKey[], fallback: At): At {
  let value = root
  let found = fallback
  for (const part of path) {
    if (typeof value !== 'object' || value === null) break
    const known = places.get(value)
    found = known?.parts.get(part) ?? known?.self ?? found
    value = (value as Record<PropertyKey, unknown>)[part]
  }
  const own = typeof value === 'object' && value !== null ? places.get(value) : undefined
  return own && path.length === 0 ? own.self : found
}
