import { posix } from 'node:path'
import type { EnvRequirement } from '@molecule/contract/org'
import type { CreateWorkspace } from '@molecule/contract/workspace'
import { checkRhythm, type Rhythm } from '../schedule/schedule-time.ts'
import { type Laid, type Point, slotsOf } from './layout.ts'
import { type NodeConfig, nodeConfig } from './node-config.ts'
import { parseTemplate } from './parse-template.ts'
import { type Files, readYaml, type Sourced } from './read-yaml.ts'
import { requirementsOf } from './template-env.ts'
import { type Finding, templateError } from './template-error.ts'
import type { TemplateSchedule } from './template-schedules.ts'
import type { OrgDocument, WorkspaceNode } from './template-schema.ts'

/** What a template wants of one workspace. */
export type TemplateNode = {
  name: string
  path: readonly string[]
  /** As it would be created, without its parent. */
  input: CreateWorkspace
  schedules: TemplateSchedule[]
  config: NodeConfig
  /** Kept, and shown as not applied yet. */
  kept: Record<string, unknown>
  children: TemplateNode[]
}

export type Template = {
  name: string
  description: string
  roots: TemplateNode[]
  requiredEnv: EnvRequirement[]
  recommendedEnv: EnvRequirement[]
  warnings: string[]
  /** Keys of the whole organization that have no effect yet. */
  notApplied: string[]
}

const MAX_DEPTH = 32

/** Reads an org template whole, or throws with every place that is wrong. */
export function loadTemplate(files: Files, { lenient }: { lenient: boolean }): Template {
  const main = ['org.yaml', 'org.yml'].find((name) => files.has(name))
  if (main === undefined)
    throw templateError([
      { at: { file: 'org.yaml', line: 1, column: 1 }, message: 'the template has no org.yaml' },
    ])
  const source = readYaml(files, main)
  const { document, warnings } = parseTemplate(source, { lenient })
  const findings: Finding[] = []
  const reading: Reading = { files, source, document, findings }
  const roots = document.workspaces.map((node, index) =>
    nodeOf(reading, node, { above: [], place: ['workspaces', index], slot: undefined }),
  )
  findSame(reading, document.workspaces, ['workspaces'])
  if (findings.length > 0) throw templateError(findings)
  return {
    name: document.name,
    description: document.description ?? '',
    roots,
    requiredEnv: requirementsOf(allOf(document, 'required_env')),
    recommendedEnv: requirementsOf(allOf(document, 'recommended_env')),
    warnings,
    notApplied: document.global_memories ? ['global_memories'] : [],
  }
}

type Reading = { files: Files; source: Sourced; document: OrgDocument; findings: Finding[] }
type Place = readonly (string | number)[]

type Where = { above: readonly string[]; place: Place; slot: Point | undefined }

function nodeOf(
  reading: Reading,
  node: WorkspaceNode,
  { above, place, slot }: Where,
): TemplateNode {
  const path = [...above, node.name]
  if (path.length > MAX_DEPTH)
    reading.findings.push({
      at: reading.source.at(place),
      message: `workspaces nest at most ${MAX_DEPTH} deep`,
    })
  const { children = [] } = node
  const canvas = node.canvas ?? slot
  const slots = slotsOf(laid(node))
  findSame(reading, children, [...place, 'children'])
  return {
    name: node.name,
    path,
    ...wanted(reading, node, { place, canvas }),
    children: children.map((child, index) =>
      nodeOf(reading, child, {
        above: path,
        place: [...place, 'children', index],
        slot: below(canvas, slots[index]),
      }),
    ),
  }
}

const laid = (node: WorkspaceNode): Laid => ({ children: (node.children ?? []).map(laid) })

const below = (parent: Point | undefined, slot: Point | undefined): Point | undefined =>
  slot && { x: (parent?.x ?? 0) + slot.x, y: (parent?.y ?? 0) + slot.y }

function findSame({ source, findings }: Reading, nodes: readonly WorkspaceNode[], place: Place) {
  const seen = new Set<string>()
  for (const [index, { name }] of nodes.entries()) {
    if (seen.has(name))
      findings.push({
        at: source.at([...place, index, 'name']),
        message: `there are two workspaces called "${name}" at this place`,
      })
    seen.add(name)
  }
}

/** Keys that name something there is no service for yet, and files that must be there all the same. */
const waiting = [
  'template',
  'system_prompt',
  'workspace_access',
  'plugins',
  'initial_prompt',
  'initial_prompt_file',
  'idle_prompt',
  'idle_prompt_file',
  'idle_interval_seconds',
  'category_routing',
  'initial_memories',
  'channels',
] as const satisfies readonly (keyof WorkspaceNode)[]

type Wanted = { place: Place; canvas: Point | undefined }

function wanted(
  reading: Reading,
  node: WorkspaceNode,
  { place, canvas }: Wanted,
): Pick<TemplateNode, 'input' | 'kept' | 'schedules' | 'config'> {
  const { defaults = {} } = reading.document
  const told = {
    role: node.role,
    runtime: node.external ? undefined : (node.runtime ?? defaults.runtime),
    tier: node.tier ?? defaults.tier,
    model: node.model ?? defaults.model,
    runtime_config: node.external ? undefined : (node.runtime_config ?? defaults.runtime_config),
    workspace_dir: filledIn(reading, node, place),
    max_concurrent_tasks: node.max_concurrent_tasks,
    hibernation_idle_minutes: node.hibernation_idle_minutes,
    external: node.external,
    url: node.url,
    canvas,
  }
  const given = Object.entries(told).filter(([, value]) => value !== undefined)
  checkFiles(reading, node, place)
  const kept = inlined(
    reading.files,
    node.files_dir ?? '.',
    Object.fromEntries(
      waiting.flatMap((key) => {
        const value = merged(key, node, defaults)
        return value === undefined ? [] : [[key, value]]
      }),
    ),
  )
  return {
    input: { name: node.name, ...Object.fromEntries(given) } as CreateWorkspace,
    schedules: schedulesIn(reading, node, place),
    config: nodeConfig(reading.files, node.files_dir, kept),
    kept: node.files_dir ? { ...kept, files_dir: node.files_dir } : kept,
  }
}

type Prompted = Record<string, unknown>

/** With the texts of the prompt files in their place: the files stay with whoever applies the template. */
function inlined(files: Files, folder: string, kept: Prompted): Prompted {
  const withText = (of: Prompted, key: string): Prompted => {
    const { [`${key}_file`]: file, ...rest } = of
    return file === undefined || rest[key] ? rest : { ...rest, [key]: textIn(files, folder, file) }
  }
  return withText(withText(kept, 'initial_prompt'), 'idle_prompt')
}

function schedulesIn(reading: Reading, node: WorkspaceNode, place: Place): TemplateSchedule[] {
  const { files, source, findings } = reading
  const all = (node.schedules ?? []).map(({ prompt_file, ...told }, index) => ({
    ...told,
    name: told.name ?? `schedule ${index + 1}`,
    prompt: told.prompt ?? textIn(files, node.files_dir ?? '.', prompt_file) ?? '',
  }))
  for (const [index, { name, cron_expr, timezone = 'UTC' }] of all.entries()) {
    const at = source.at([...place, 'schedules', index])
    if (all.findIndex((other) => other.name === name) < index)
      findings.push({ at, message: `there are two schedules called "${name}"` })
    const why = whyNoRhythm({ cronExpr: cron_expr, timezone })
    if (why) findings.push({ at, message: why })
  }
  return all.map(
    (each) =>
      Object.fromEntries(
        Object.entries(each).filter(([, value]) => value !== undefined),
      ) as TemplateSchedule,
  )
}

function whyNoRhythm(rhythm: Rhythm): string | undefined {
  try {
    checkRhythm(rhythm, 0)
    return undefined
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
}

const textIn = (files: Files, folder: string, name: unknown) =>
  files.get(posix.normalize(posix.join(folder, String(name))))?.trimEnd()

/** Plugins are joined, a `!x` or `-x` takes one out again; routing is replaced key by key, an empty list drops the key. */
function merged(key: (typeof waiting)[number], node: WorkspaceNode, defaults: object): unknown {
  const own = node[key]
  const general = (defaults as Partial<WorkspaceNode>)[key]
  if (key === 'plugins' && (own || general)) return plugins(general as string[], own as string[])
  if (key === 'category_routing' && (own || general))
    return Object.fromEntries(
      Object.entries({ ...(general as object), ...(own as object) })
        .filter(([, roles]) => (roles as unknown[]).length > 0)
        .sort(([a], [b]) => a.localeCompare(b)),
    )
  return own ?? general
}

function plugins(general: readonly string[] = [], own: readonly string[] = []): string[] {
  const names = new Set(general)
  for (const name of own)
    if (/^[!-]/.test(name)) names.delete(name.slice(1))
    else names.add(name)
  return [...names]
}

/** Files that are named must be in the template: below the folder of the role, or at its root without one. */
function checkFiles({ files, source, findings }: Reading, node: WorkspaceNode, place: Place): void {
  const folder = node.files_dir ?? '.'
  for (const [where, name] of namedFiles(node)) {
    const path = posix.normalize(posix.join(folder, name))
    if (!files.has(path))
      findings.push({
        at: source.at([...place, ...where]),
        message: `there is no file ${path} in the template`,
      })
  }
  if (node.files_dir !== undefined && !isFolder(files, folder))
    findings.push({
      at: source.at([...place, 'files_dir']),
      message: `there is no folder ${folder} in the template`,
    })
}

const isFolder = (files: Files, folder: string) =>
  [...files.keys()].some((path) => path.startsWith(`${posix.normalize(folder)}/`))

function namedFiles(node: WorkspaceNode): [Place, string][] {
  const prompts = (['initial_prompt_file', 'idle_prompt_file'] as const).map(
    (key) => [[key], node[key]] as const,
  )
  const schedules = (node.schedules ?? []).map(
    ({ prompt_file }, index) => [['schedules', index, 'prompt_file'], prompt_file] as const,
  )
  return [...prompts, ...schedules].flatMap(([where, name]) =>
    name === undefined ? [] : [[where, name]],
  )
}

/** `${NAME}` stands for a value of the template's own `.env` files, that of the role before that of the root; never for one of the server's. */
function filledIn(reading: Reading, node: WorkspaceNode, place: Place): string | undefined {
  const { workspace_dir: text, files_dir: folder } = node
  if (text === undefined) return undefined
  const values = {
    ...envFile(reading.files, '.env'),
    ...(folder ? envFile(reading.files, posix.join(folder, '.env')) : {}),
  }
  return text.replace(/\$\{(\w+)\}|\$(\w+)/g, (whole, braced, bare) => {
    const name = braced ?? bare
    const value = Object.hasOwn(values, name) ? values[name] : undefined
    if (value === undefined)
      reading.findings.push({
        at: reading.source.at([...place, 'workspace_dir']),
        message: `${whole} has no value in a .env file of the template`,
      })
    return value ?? whole
  })
}

function envFile(files: Files, path: string): Record<string, string> {
  const lines = (files.get(path) ?? '').split('\n')
  const pairs = lines.flatMap((line) => {
    const [, name, value] = /^\s*(?:export\s+)?(\w+)\s*=\s*(.*?)\s*$/.exec(line) ?? []
    return name === undefined || value === undefined ? [] : [[name, unquoted(value)]]
  })
  return Object.fromEntries(pairs)
}

const unquoted = (value: string) => /^(["'])(.*)\1$/.exec(value)?.[2] ?? value

/** Of the organization and every workspace. */
function allOf(document: OrgDocument, key: 'required_env' | 'recommended_env') {
  const of = (node: WorkspaceNode): EnvRequirement[] => [
    ...(node[key] ?? []),
    ...(node.children ?? []).flatMap(of),
  ]
  return [...(document[key] ?? []), ...document.workspaces.flatMap(of)]
}
