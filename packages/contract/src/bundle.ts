import { z } from 'zod'
import { WorkspaceId } from './id.ts'

/** What one bundle may hold; more is refused as too large. */
export const bundleLimits = { workspaces: 200, depth: 20, bytes: 24 * 1024 * 1024 } as const

const texts = z.record(z.string(), z.string())

const Skill = z.object({
  id: z.string().min(1).max(100),
  name: z.string().default(''),
  description: z.string().default(''),
  /** By their path below the folder of the skill. */
  files: texts.default({}),
})

const shape = {
  schema: z.literal('1.0'),
  /** Of the workspace that it was made from. */
  id: z.string().max(200).default(''),
  name: z.string().min(1).max(255),
  /** The role. */
  description: z.string().nullish(),
  tier: z.number().int().nullish(),
  model: z.string().nullish(),
  external: z.boolean().optional(),
  system_prompt: z.string().nullish(),
  skills: z.array(Skill).max(200).default([]),
  tools: z.array(z.object({ id: z.string(), config: z.unknown().optional() })).default([]),
  /** The other files of its configuration, `config.yaml` among them; runtime and runtime_config stand there. */
  prompts: texts.default({}),
  agent_card: z.record(z.string(), z.unknown()).nullish(),
  author: z.string().default(''),
  version: z.string().default(''),
}

/** A workspace with what it is configured with, and all below it. No secrets, no memory, no history. */
export type BundleNode = z.infer<z.ZodObject<typeof shape>> & { sub_workspaces: BundleNode[] }
export const BundleNode: z.ZodType<BundleNode, unknown> = z.lazy(() =>
  z.object({ ...shape, sub_workspaces: z.array(BundleNode).default([]) }),
)

/**
 * Who vouches for a bundle: Ed25519 (RFC 8032) over the SHA-256 of its canonical JSON (RFC 8785) without the manifest.
 * Keys and signatures are base64url; `key` is the raw public key.
 */
export const BundleManifest = z.object({
  algorithm: z.literal('ed25519'),
  key: z.string().max(100),
  digest: z.string().regex(/^[0-9a-f]{64}$/),
  signature: z.string().max(200),
  workspaces: z.number().int(),
  files: z.number().int(),
  /** Files in which something that looks like a secret was blacked out. */
  redacted: z.array(z.string()),
})
export type BundleManifest = z.infer<typeof BundleManifest>

/** A bundle as it is exported. One that somebody wrote by hand has no manifest. */
export const Bundle = z.intersection(BundleNode, z.object({ manifest: BundleManifest.optional() }))
export type Bundle = z.infer<typeof Bundle>

/** Query of `POST /bundles/import`. `signed_by` refuses a bundle that is not signed with this key. */
export const ImportBundle = z.object({
  parent_id: z.uuid().optional(),
  signed_by: z.string().max(100).optional(),
})
export type ImportBundle = z.infer<typeof ImportBundle>

export type ImportedNode = {
  workspace_id: WorkspaceId
  name: string
  status: string
  children: ImportedNode[]
}
const ImportedNode: z.ZodType<ImportedNode> = z.lazy(() =>
  z.object({
    workspace_id: WorkspaceId,
    name: z.string(),
    status: z.string(),
    children: z.array(ImportedNode),
  }),
)

export const ImportedBundle = z.intersection(
  ImportedNode,
  z.object({
    count: z.number().int(),
    /** The key that it is signed with; null without a manifest. */
    signed_by: z.string().nullable(),
    /** Whether that is the key of this installation. */
    is_own: z.boolean(),
  }),
)
export type ImportedBundle = z.infer<typeof ImportedBundle>

/** Body of the answer to `GET /bundles/key`: what bundles of this installation are signed with. */
export const BundleKey = z.object({ algorithm: z.literal('ed25519'), key: z.string() })
export type BundleKey = z.infer<typeof BundleKey>
