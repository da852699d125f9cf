import type { Runtime } from '@molecule/contract/runtime'
import type { NewWorkspace } from '@molecule/contract/workspace'
import type { WorkspaceTemplate } from '@molecule/contract/workspace-template'
import { needsIn } from '../state/needs.ts'

/** What somebody has typed of a workspace that is not there yet. */
export type WorkspaceDraft = {
  name: string
  role: string
  /** Empty: at the top. */
  parentId: string
  /** Empty: the one that its template names. */
  runtime: string
  /** What its runtime cannot do without, by key of `runtime_config`. */
  config: Readonly<Record<string, string>>
  /** Arguments of a program, one per line. */
  args: string
  model: string
  /** Empty: none. */
  template: string
  /** Keys that become its own, by name. */
  secrets: Readonly<Record<string, string>>
}

export const emptyWorkspaceDraft: WorkspaceDraft = {
  name: '',
  role: '',
  parentId: '',
  runtime: '',
  config: {},
  args: '',
  model: '',
  template: '',
  secrets: {},
}

/** What a draft speaks of, as far as the server knows it. */
export type Chosen = { runtime: Runtime | undefined; template: WorkspaceTemplate | undefined }

type Offers = { runtimes: readonly Runtime[]; templates: readonly WorkspaceTemplate[] }

export function chosenOf(draft: WorkspaceDraft, { runtimes, templates }: Offers): Chosen {
  const template = templates.find(({ id }) => id === draft.template)
  const runtimeId = draft.runtime || template?.runtime
  return { runtime: runtimes.find(({ id }) => id === runtimeId), template }
}

/** Its template speaks for what is left out. */
export const isByTemplate = ({ runtime, template }: Chosen) =>
  runtime !== undefined && runtime.id === template?.runtime

/** Names of what must be stored before it can start; of several in one place one is enough. */
export const needsOf = ({ runtime, template }: Chosen): string[][] =>
  needsIn([...(runtime?.required_env ?? []), ...(template?.required_env ?? [])])

export const hasProgram = ({ runtime }: Chosen) =>
  runtime?.required_config.includes('command') ?? false

/** What is asked of the server; fields that are not shown say nothing. */
export function creationOf(draft: WorkspaceDraft, chosen: Chosen): NewWorkspace {
  const role = draft.role.trim()
  const model = chosen.runtime?.capabilities.model ? draft.model.trim() : ''
  const runtime_config = configOf(draft, chosen)
  const secrets = secretsOf(draft, chosen)
  return {
    name: draft.name.trim(),
    ...(role && { role }),
    ...(draft.parentId && { parent_id: draft.parentId }),
    ...(draft.runtime && { runtime: draft.runtime }),
    ...(runtime_config && { runtime_config }),
    ...(model && { model }),
    ...(draft.template && { template: draft.template }),
    ...(secrets && { secrets }),
  }
}

function configOf({ config, args }: WorkspaceDraft, chosen: Chosen) {
  const lines = hasProgram(chosen) ? args.split('\n').filter((line) => line !== '') : []
  const entries = (chosen.runtime?.required_config ?? []).flatMap((key) => {
    const value = config[key]?.trim()
    return value ? [[key, value] as const] : []
  })
  if (entries.length + lines.length === 0) return undefined
  return { ...Object.fromEntries(entries), ...(lines.length > 0 && { args: lines }) }
}

function secretsOf({ secrets }: WorkspaceDraft, chosen: Chosen) {
  const entries = needsOf(chosen)
    .flat()
    .flatMap((name) => (secrets[name] ? [[name, secrets[name]] as const] : []))
  return entries.length > 0 ? Object.fromEntries(entries) : undefined
}

/** What stands in a field: a problem goes with the value that it was about. */
export function valueAt(draft: WorkspaceDraft, field: string): string {
  const [first = '', ...rest] = field.split('.')
  const key = rest.join('.')
  const values: Record<string, string | undefined> = {
    // A name is taken below its parent.
    name: `${draft.parentId}/${draft.name}`,
    role: draft.role,
    parent_id: draft.parentId,
    runtime: draft.runtime,
    model: draft.model,
    template: draft.template,
    runtime_config: key === 'args' ? draft.args : draft.config[key],
    secrets: draft.secrets[key],
  }
  return values[first] ?? ''
}
