import {
  type Document,
  isMap,
  isNode,
  isPair,
  isScalar,
  LineCounter,
  parseDocument,
  visit,
  type YAMLMap,
} from 'yaml'
import { z } from 'zod'
import { closest } from '../../lib/closest.ts'
import { redact } from '../../lib/redact.ts'
import { DomainError } from '../error.ts'
import { CONFIG_FILE } from './config-files.ts'

/** The fields of a workspace that its `config.yaml` shows. */
export type ConfigColumns = {
  name: string
  role: string | null
  tier: number
  runtime: string
  model: string
  runtimeConfig: Record<string, unknown>
}

const texts = z.array(z.string())
const envNames = z.array(z.union([z.string(), texts, z.looseObject({ any_of: texts })]))

/** The keys that agents read. Others are kept, and warned of. */
const known = {
  name: z.string(),
  description: z.string().nullable(),
  version: z.union([z.string(), z.number()]),
  tier: z.number().int(),
  runtime: z.string(),
  model: z.string(),
  runtime_config: z.record(z.string(), z.unknown()),
  required_env: envNames,
  initial_prompt: z.string(),
  initial_prompt_file: z.string(),
  idle_prompt: z.string(),
  idle_prompt_file: z.string(),
  idle_interval_seconds: z.number().int().positive(),
  category_routing: z.record(z.string(), texts),
  skills: z.array(z.unknown()),
  plugins: texts,
  tools: z.array(z.unknown()),
  prompt_files: texts,
  a2a: z.record(z.string(), z.unknown()),
  delegation: z.record(z.string(), z.unknown()),
  sandbox: z.record(z.string(), z.unknown()),
  rbac: z.unknown(),
  hitl: z.unknown(),
  governance: z.unknown(),
  security_scan: z.unknown(),
  compliance: z.unknown(),
  effort: z.union([z.string(), z.number()]),
  task_budget: z.unknown(),
  template_schema_version: z.unknown(),
  provision_timeout_seconds: z.number().int().positive(),
  models: z.array(z.unknown()),
} as const
const ConfigYaml = z.looseObject(known).partial()
export type ConfigYaml = z.infer<typeof ConfigYaml>

/** What `config.yaml` says, and what of it nothing of ours reads. Throws with line and column for what cannot be read. */
export function readConfig(text: string): { said: ConfigYaml; warnings: string[] } {
  const { said } = parsed(text)
  const warnings = Object.keys(said)
    .filter((key) => !Object.hasOwn(known, key))
    .map((key) => {
      const meant = closest(key, Object.keys(known))
      return `${CONFIG_FILE}: nothing reads the key "${key}"${meant ? `; did you mean "${meant}"?` : ''}`
    })
  return { said, warnings }
}

function parsed(text: string): { document: Document; said: ConfigYaml } {
  const lines = new LineCounter()
  const document = parseDocument(text, { lineCounter: lines })
  const [error] = document.errors
  if (error) {
    const { line, col } = error.linePos?.[0] ?? { line: 1, col: 1 }
    throw notValid(`${CONFIG_FILE}:${line}:${col}`, withoutPlace(error.message))
  }
  const value = plain(document)
  const checked = ConfigYaml.safeParse(value ?? {})
  if (checked.success) return { document, said: checked.data }
  const [issue] = checked.error.issues
  const at = issue && placeOf(document, lines, issue.path)
  throw notValid(
    `${CONFIG_FILE}:${at ?? '1:1'}`,
    `${issue?.path.join('.') || 'the document'}: ${issue?.message}`,
  )
}

/** Of what the parser says the first line, which ends with a place that is told apart. */
const withoutPlace = (message: string) =>
  message.replace(/\n.*$/s, '').replace(/ at line \d+, column \d+:?$/, '')

/** A document whose aliases would fill the memory is as wrong as any other. */
function plain(document: Document): unknown {
  try {
    return document.toJS({ maxAliasCount: 100 })
  } catch (error) {
    throw notValid(CONFIG_FILE, error instanceof Error ? error.message : String(error))
  }
}

function placeOf(document: Document, lines: LineCounter, path: readonly PropertyKey[]) {
  for (let length = path.length; length > 0; length -= 1) {
    const node = document.getIn(path.slice(0, length), true)
    if (!isNode(node) || !node.range) continue
    const { line, col } = lines.linePos(node.range[0])
    return `${line}:${col}`
  }
  return undefined
}

const notValid = (path: string, message: string) =>
  new DomainError('invalid', `the configuration is not valid: ${path}: ${message}`, {
    hint: 'Mend the place that is named; nothing was saved.',
    fields: [{ path, message }],
  })

/** `config.yaml` with the workspace's own fields as they are; comments and order stay. */
export function showColumns(text: string | undefined, columns: ConfigColumns): string {
  const document = parseDocument(text ?? '')
  asMap(document)
  const shown = {
    name: columns.name,
    description: columns.role ?? '',
    version: document.get('version') ?? '1.0.0',
    tier: columns.tier,
    runtime: columns.runtime,
    model: columns.model,
    runtime_config: columns.runtimeConfig,
  }
  for (const [key, value] of Object.entries(shown)) lay(document, [key], value)
  return document.toString({ lineWidth: 0 })
}

/** A document that says nothing holds no keys yet; comments before it stay. */
function asMap(document: Document): void {
  if (!isMap(document.contents)) document.contents = document.createNode({})
}

/** Sets what differs, deep within maps, so that whatever is as it should be keeps its form. */
function lay(document: Document, path: readonly string[], value: unknown): void {
  const present = document.getIn(path, true)
  if (present === undefined && isEmpty(value)) return
  if (isMap(present) && isRecord(value)) {
    layMap(document, path, { present, value })
    return
  }
  const now = isNode(present) ? present.toJS(document) : present
  if (JSON.stringify(now) === JSON.stringify(value)) return
  if (isNode(present) && 'value' in present && !isObject(value)) present.value = value
  else document.setIn(path, isObject(value) ? document.createNode(value) : value)
}

function layMap(
  document: Document,
  path: readonly string[],
  { present, value }: { present: YAMLMap; value: Record<string, unknown> },
): void {
  for (const { key } of [...present.items])
    if (!Object.hasOwn(value, String(key))) document.deleteIn([...path, String(key)])
  for (const [key, each] of Object.entries(value)) lay(document, [...path, key], each)
}

const isObject = (value: unknown) => typeof value === 'object' && value !== null
const isRecord = (value: unknown): value is Record<string, unknown> =>
  isObject(value) && !Array.isArray(value)
const isEmpty = (value: unknown) => isObject(value) && Object.keys(value as object).length === 0

/** Keys with dots between them, set and removed in place. */
export function editKeys(
  text: string,
  { set, unset }: { set: Record<string, unknown>; unset: readonly string[] },
): string {
  const { document } = parsed(text)
  asMap(document)
  for (const key of unset) if (document.hasIn(key.split('.'))) document.deleteIn(key.split('.'))
  for (const [key, value] of Object.entries(set)) {
    const path = key.split('.')
    const above = path.slice(0, -1).find((_, n) => {
      const node = document.getIn(path.slice(0, n + 1), true)
      return node !== undefined && !isMap(node)
    })
    if (above !== undefined)
      throw notValid(key, `"${above}" holds no keys, so "${key}" cannot be set`)
    lay(document, path, value)
  }
  return document.toString({ lineWidth: 0 })
}

const REDACTED = '[REDACTED]'

/** With every value that looks like a secret, and every such comment, blacked out; the rest as it was. */
export function withoutSecrets(text: string): string {
  const document = parseDocument(text)
  let isChanged = false
  visit(document, {
    Scalar(key, node, above) {
      if (key === 'key' || typeof node.value !== 'string') return
      const pair = above.at(-1)
      const name = isPair(pair) && isScalar(pair.key) ? `${pair.key.value}=` : ''
      if (redact(name + node.value) === name + node.value) return
      node.value = REDACTED
      isChanged = true
    },
  })
  const clean = isChanged ? document.toString({ lineWidth: 0 }) : text
  return clean.replace(/^\s*#.*$/gm, redact)
}
