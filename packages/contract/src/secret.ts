import { z } from 'zod'
import { Timestamp, WorkspaceId } from './id.ts'
import { problemOfSecretName } from './secret-name.ts'

export const SecretName = z.string().superRefine((name, context) => {
  const message = problemOfSecretName(name)
  if (message) context.addIssue({ code: 'custom', message })
})
export type SecretName = z.infer<typeof SecretName>

/** What Linux takes in one environment variable is twice that. */
const MAX_VALUE_BYTES = 65_536

/** Bytes in UTF-8. */
const sizeOf = (text: string) => new TextEncoder().encode(text).byteLength

const SecretValue = z
  .string()
  .min(1)
  .refine((value) => sizeOf(value) <= MAX_VALUE_BYTES, 'must be at most 65536 bytes of UTF-8')

/** Stores one; `key` is its name. The value is never answered to people. */
export const SaveSecret = z.object({ key: SecretName, value: SecretValue })
export type SaveSecret = z.infer<typeof SaveSecret>

const MAX_FIRST = 100

/** By their names, what a workspace is made with. */
export const FirstSecrets = z.record(z.string(), SecretValue).superRefine((secrets, context) => {
  const names = Object.keys(secrets)
  if (names.length > MAX_FIRST)
    context.addIssue({ code: 'custom', message: `must be at most ${MAX_FIRST}` })
  for (const name of names) {
    const message = problemOfSecretName(name)
    if (message) context.addIssue({ code: 'custom', path: [name], message })
  }
})

/** How many there may be in the org, and again in each workspace. */
export const MAX_SECRETS = 500

export const SecretEntry = z.object({
  key: z.string(),
  has_value: z.literal(true),
  scope: z.enum(['global', 'workspace']),
  /** A workspace's secret that hides a global one of the same name. */
  overrides_global: z.boolean(),
  created_by: z.string(),
  created_at: Timestamp,
  updated_at: Timestamp,
})
export type SecretEntry = z.infer<typeof SecretEntry>

/** By name. For a workspace what its programs get: its own, and the global ones that nothing of its own hides. */
export const SecretList = z.array(SecretEntry)

/** Every value a workspace gets, by name: all or none. */
export const SecretValues = z.record(z.string(), z.string())
export type SecretValues = z.infer<typeof SecretValues>

/** A workspace that runs with an older value until it is restarted. */
export const Dependent = z.object({ id: WorkspaceId, name: z.string() })
export type Dependent = z.infer<typeof Dependent>

export const SavedSecret = z.object({
  status: z.literal('saved'),
  key: z.string(),
  /** False when the same value stood there already: nothing was changed. */
  changed: z.boolean(),
  needs_restart: z.array(Dependent),
})
export type SavedSecret = z.infer<typeof SavedSecret>

export const DeletedSecret = z.object({
  status: z.literal('deleted'),
  key: z.string(),
  needs_restart: z.array(Dependent),
})
export type DeletedSecret = z.infer<typeof DeletedSecret>

/** Who gets a global secret: live workspaces of ours that have nothing of their own under its name. */
export const SecretDependents = z.object({ key: z.string(), dependents: z.array(Dependent) })
export type SecretDependents = z.infer<typeof SecretDependents>

/** A new data key; every secret is encrypted again under it, but those that could not be read. */
export const RotatedKey = z.object({
  version: z.number().int(),
  reencrypted: z.number().int(),
  failed_keys: z.array(z.string()),
})
export type RotatedKey = z.infer<typeof RotatedKey>

/** Without a workspace: all that need it. */
export const RestartDependents = z.strictObject({ workspace_id: z.uuid().optional() })
export type RestartDependents = z.infer<typeof RestartDependents>

/** Restarts what needs it, a few at a time, each when it is idle. */
export const RollingRestart = z.object({ workspaces: z.array(Dependent) })
export type RollingRestart = z.infer<typeof RollingRestart>
