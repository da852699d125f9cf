import { z } from 'zod'
import { Timestamp, WorkspaceId } from './id.ts'

/** What one version may hold; more is refused as too large. */
export const configLimits = { files: 200, fileBytes: 1_000_000, bytes: 5_000_000 } as const

/** A file below the folder of the configuration: `config.yaml`, prompts, `skills/<name>/SKILL.md`. */
const path = z.string().min(1).max(300)
const content = z.string().max(configLimits.fileBytes)
const note = z.string().trim().max(200).default('')

/** Text files by their path below the folder of the configuration. */
export const ConfigFiles = z.record(path, content)
export type ConfigFiles = z.infer<typeof ConfigFiles>

/**
 * Body of `PUT /workspaces/:id/config`. `base` is the revision that was read before; another one by now is answered 409, so
 * that nobody writes over what they have not seen. Files that are not named stay, unless `replace` is set; null removes one.
 */
export const SaveConfig = z.strictObject({
  base: z.string().max(100),
  files: z.record(path, content.nullable()),
  replace: z.boolean().default(false),
  note,
})
export type SaveConfig = z.input<typeof SaveConfig>

/** Keys of `config.yaml`, dots between them: `runtime_config.args`. */
const key = z.string().regex(/^[^.\s]+(\.[^.\s]+)*$/, 'must be keys with dots between them')

/** Body of `PATCH /workspaces/:id/config`: changes keys of `config.yaml` and leaves its comments and its order. */
export const EditConfig = z
  .strictObject({
    base: z.string().max(100).optional(),
    set: z.record(key, z.unknown()).default({}),
    unset: z.array(key).max(100).default([]),
    note,
  })
  .refine(({ set, unset }) => Object.keys(set).length + unset.length > 0, 'changes no key')
export type EditConfig = z.input<typeof EditConfig>

/** Body of `POST /workspaces/:id/config/versions/:version/restore`. */
export const RestoreConfig = z.strictObject({ base: z.string().max(100) })
export type RestoreConfig = z.infer<typeof RestoreConfig>

export const ConfigVersion = z.object({
  /** From 1 on; 0 is what a workspace has before anybody saved anything. */
  version: z.number().int().min(0),
  author: z.string(),
  note: z.string(),
  restored_from: z.number().int().nullable(),
  /** Paths that it added, changed or removed. */
  changed: z.array(z.string()),
  created_at: Timestamp,
})
export type ConfigVersion = z.infer<typeof ConfigVersion>

/** The configuration as it is now. Name, role, tier, runtime, model and runtime_config in `config.yaml` are those of the workspace. */
export const Config = z.object({
  workspace_id: WorkspaceId,
  version: z.number().int().min(0),
  /** Changes with every change, of the workspace's own fields too. */
  revision: z.string(),
  files: ConfigFiles,
  author: z.string().nullable(),
  note: z.string(),
  created_at: Timestamp.nullable(),
  /** Saved, and read by the next start. */
  needs_restart: z.boolean(),
  /** Keys of `config.yaml` that nothing of ours reads. */
  warnings: z.array(z.string()),
})
export type Config = z.infer<typeof Config>

/** One version as it was saved. */
export const ConfigSnapshot = z.object({
  version: z.number().int().min(1),
  files: ConfigFiles,
  author: z.string(),
  note: z.string(),
  created_at: Timestamp,
})
export type ConfigSnapshot = z.infer<typeof ConfigSnapshot>

/** What a host lays into the folder of the configuration before it takes work. */
export const HostConfig = z.object({
  version: z.number().int(),
  files: ConfigFiles,
  /** Paths of the files that make its prompt, in this order; none where `config.yaml` names none. */
  prompt_files: z.array(path),
})
export type HostConfig = z.infer<typeof HostConfig>
