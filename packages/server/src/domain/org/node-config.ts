import { posix } from 'node:path'
import type { CreateWorkspace, Reason } from '@molecule/contract/workspace'
import { sha256 } from '../../lib/sha256.ts'
import { editKeys } from '../config/config-document.ts'
import {
  CONFIG_FILE,
  type ConfigFileMap,
  checkFiles,
  overlay,
  SYSTEM_PROMPT_FILE,
} from '../config/config-files.ts'
import { filledFrom } from '../config/initial-config.ts'
import { IDLE_SECONDS } from '../config/own-prompts.ts'
import { DomainError } from '../error.ts'
import type { TemplateVersion } from '../workspace-template/workspace-template-store.ts'
import type { Files } from './read-yaml.ts'

/** What a template says of the configuration of one workspace, the lowest layer first. */
export type NodeConfig = {
  /** Id of a workspace template. */
  template: string | undefined
  folder: { path: string; files: ConfigFileMap } | undefined
  /** Keys of `config.yaml`. */
  keys: Record<string, unknown>
  systemPrompt: string | undefined
}

const apart = new Set(['.env', 'org.yaml', 'org.yml'])

/** Of the keys of a workspace, with texts in the place of their files. */
export function nodeConfig(
  files: Files,
  folder: string | undefined,
  kept: Record<string, unknown>,
): NodeConfig {
  const { initial_prompt, idle_prompt, idle_interval_seconds, category_routing } = kept
  const keys = {
    initial_prompt,
    idle_prompt,
    idle_interval_seconds: idle_prompt ? (idle_interval_seconds ?? IDLE_SECONDS) : undefined,
    category_routing,
  }
  return {
    template: kept.template as string | undefined,
    folder: folder === undefined ? undefined : { path: folder, files: filesBelow(files, folder) },
    keys: Object.fromEntries(Object.entries(keys).filter(([, value]) => value !== undefined)),
    systemPrompt: kept.system_prompt as string | undefined,
  }
}

function filesBelow(files: Files, folder: string): ConfigFileMap {
  const root = posix.normalize(folder)
  const below = root === '.' ? '' : `${root.replace(/\/$/, '')}/`
  const found = [...files]
    .filter(([path]) => path.startsWith(below))
    .map(([path, content]) => [path.slice(below.length), content] as const)
    .filter(([path]) => !apart.has(path))
  return overlay(new Map(found))
}

/** The files as they would be, whence, and the request to create with what they say. */
export type ResolvedConfig = {
  files: ConfigFileMap
  layers: string[]
  input: CreateWorkspace
}

/** Lays the layers over each other; says why when that gives nothing that can be used. */
export function resolveConfig(
  { template, folder, keys, systemPrompt }: NodeConfig,
  input: CreateWorkspace,
  templates: ReadonlyMap<string, TemplateVersion>,
): ResolvedConfig | Reason {
  const base = template === undefined ? undefined : templates.get(template)
  if (template !== undefined && base === undefined) return noTemplate(template)
  const layers = [
    ...(base ? [`template ${template}, version ${base.version}`] : []),
    ...(folder ? [`files_dir ${folder.path}`] : []),
    ...(systemPrompt === undefined && Object.keys(keys).length === 0 ? [] : ['org.yaml']),
  ]
  try {
    const under = overlay(base?.files ?? new Map(), folder?.files ?? new Map())
    const files = overlay(under, said(under, keys), promptFile(systemPrompt))
    checkFiles(files)
    return { files, layers, input: filledFrom(files, input) }
  } catch (error) {
    if (!(error instanceof DomainError)) throw error
    return { code: error.code, detail: error.message, hint: error.hint }
  }
}

const noTemplate = (id: string): Reason => ({
  code: 'unknown_template',
  detail: `there is no workspace template "${id}"`,
  hint: `Import it first: molecule template import ${id} <folder>`,
})

const said = (under: ConfigFileMap, keys: Record<string, unknown>): ConfigFileMap =>
  Object.keys(keys).length === 0
    ? new Map()
    : new Map([
        [CONFIG_FILE, editKeys(under.get(CONFIG_FILE) ?? '', { set: keys, unset: [] })] as const,
      ])

const promptFile = (text: string | undefined): ConfigFileMap =>
  text === undefined ? new Map() : new Map([[SYSTEM_PROMPT_FILE, text]])

/** Paths in which what is wanted differs from what is there; with `whole`, also those that are not wanted. */
export function differingPaths(
  wanted: ConfigFileMap,
  present: ReadonlyMap<string, string>,
  { whole }: { whole: boolean },
): string[] {
  const changed = [...wanted].flatMap(([path, content]) =>
    present.get(path) === sha256(content) ? [] : [path],
  )
  const gone =
    whole && wanted.size > 0 ? [...present.keys()].filter((path) => !wanted.has(path)) : []
  return [...changed, ...gone].sort()
}
