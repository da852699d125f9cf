import { z } from 'zod'
import { WorkspaceId } from './id.ts'
import { Reason } from './workspace.ts'

/** The text files of an org template by their path below its folder, `org.yaml` or `org.yml` among them. */
export const TemplateFiles = z
  .record(z.string().min(1).max(500), z.string().max(2_000_000))
  .refine((files) => Object.keys(files).length <= 2000, 'holds more than 2000 files')
export type TemplateFiles = z.infer<typeof TemplateFiles>

/**
 * `skip` makes what is missing and leaves the rest alone. `update` also changes what the file says otherwise. `prune` also removes
 * what came from this template and is no longer in it. `replace` is an update that makes anew, with all below, what a running
 * workspace cannot be told.
 */
export const applyModes = ['skip', 'update', 'replace', 'prune'] as const

/** Files that are sent, or the folder of a template that lies on the server: one of them. */
const source = { files: TemplateFiles.optional(), dir: z.string().min(1).max(200).optional() }
const isOne = ({ files, dir }: { files?: unknown; dir?: unknown }) =>
  (files === undefined) !== (dir === undefined)
const oneOf = { message: 'needs either files or dir', path: ['files'] }

const planned = {
  ...source,
  mode: z.enum(applyModes).default('skip'),
  /** Unknown keys are warnings, not errors. */
  lenient: z.boolean().default(false),
}

/** Body of `POST /org/plan`: what applying would do, without doing it. */
export const PlanOrg = z.strictObject(planned).refine(isOne, oneOf)
export type PlanOrg = z.input<typeof PlanOrg>

/** Body of `POST /org/apply`. */
export const ApplyOrg = z
  .strictObject({
    ...planned,
    /** Applies although variables that it requires are missing. */
    force: z.boolean().default(false),
    /** Removes what the plan says it prunes. */
    confirm: z.boolean().default(false),
  })
  .refine(isOne, oneOf)
export type ApplyOrg = z.input<typeof ApplyOrg>

/** A name, or a group of which one is enough. */
export const EnvRequirement = z.union([z.string(), z.object({ any_of: z.array(z.string()) })])
export type EnvRequirement = z.infer<typeof EnvRequirement>

export const PlannedNode = z.object({
  /** Names from the root down. */
  path: z.array(z.string()),
  action: z.enum(['create', 'exists', 'update', 'replace', 'prune', 'blocked']),
  /** Of one that exists. */
  id: WorkspaceId.nullable(),
  runtime: z.string(),
  /** Where the file and the running organization differ. */
  changes: z.array(z.object({ field: z.string(), from: z.unknown(), to: z.unknown() })),
  /** Why it cannot be made. */
  blocked_by: Reason.nullable(),
  /** The files its configuration gets, and what they are laid together from, the lowest layer first. */
  config: z.object({ layers: z.array(z.string()), files: z.array(z.string()) }),
  /** Names of those below it that go when it is replaced; what the template has of them is made anew. */
  removes: z.array(z.string()),
  /** Keys of the file that are kept, and have no effect yet. */
  not_applied: z.array(z.string()),
  /** How many it may talk to once all of this is made. */
  peers: z.number().int(),
})
export type PlannedNode = z.infer<typeof PlannedNode>

const Pair = z.object({ between: z.tuple([z.array(z.string()), z.array(z.string())]) })

/** Pairs, by their paths, that may talk to each other then and could not before, and the other way round; at most 200 are listed. */
export const OrgAccess = z.object({
  gained: z.array(Pair),
  gained_count: z.number().int(),
  lost: z.array(Pair),
  lost_count: z.number().int(),
})
export type OrgAccess = z.infer<typeof OrgAccess>

export const OrgPlan = z.object({
  org: z.string(),
  nodes: z.array(PlannedNode),
  counts: z.object({
    create: z.number().int(),
    exists: z.number().int(),
    update: z.number().int(),
    replace: z.number().int(),
    prune: z.number().int(),
    blocked: z.number().int(),
  }),
  access: OrgAccess,
  /** How many workspaces each backend has to start. */
  machines: z.array(z.object({ backend: z.string(), workspaces: z.number().int() })),
  required_env: z.array(EnvRequirement),
  recommended_env: z.array(EnvRequirement),
  /** Required, and no secret of the org has it. */
  missing_env: z.array(EnvRequirement),
  warnings: z.array(z.string()),
})
export type OrgPlan = z.infer<typeof OrgPlan>

export const AppliedWorkspace = z.object({
  id: WorkspaceId,
  name: z.string(),
  tier: z.number().int(),
  /** It was there before. */
  skipped: z.boolean().optional(),
  /** The one in whose place it was made. */
  replaced: WorkspaceId.optional(),
})
export type AppliedWorkspace = z.infer<typeof AppliedWorkspace>

/** One of `GET /org/templates`: what lies on the server to be applied. */
export const OrgTemplate = z.object({
  dir: z.string(),
  name: z.string(),
  description: z.string(),
  /** How many. */
  workspaces: z.number().int(),
  required_env: z.array(EnvRequirement),
  recommended_env: z.array(EnvRequirement),
})
export type OrgTemplate = z.infer<typeof OrgTemplate>

/** Body of `POST /org/import`: a template of the server, or one as a document. Other members are ignored. */
export const ImportOrg = z
  .object({
    dir: z.string().min(1).max(200).optional(),
    template: z.record(z.string(), z.unknown()).optional(),
    force: z.boolean().default(false),
  })
  .refine(({ dir, template }) => (dir === undefined) !== (template === undefined), {
    message: 'needs either dir or template',
    path: ['dir'],
  })

/** Answer of `POST /org/import`. */
export const ImportedOrg = z.object({
  org: z.string(),
  workspaces: z.array(z.lazy(() => AppliedWorkspace)),
  /** Of those that were made. */
  count: z.number().int(),
})
export type ImportedOrg = z.infer<typeof ImportedOrg>

/** Answer of `GET /org/export`. */
export const ExportedOrg = z.object({
  files: TemplateFiles,
  /** Workspaces in it. */
  count: z.number().int(),
  /** What it came with once, and is not stored. */
  left_out: z.array(z.string()),
})
export type ExportedOrg = z.infer<typeof ExportedOrg>

/** Answer of `POST /org/apply`: parents before their children. */
export const OrgApplied = z.object({
  org: z.string(),
  workspaces: z.array(AppliedWorkspace),
  /** Of those that were made. */
  count: z.number().int(),
  pruned: z.array(WorkspaceId),
  plan: OrgPlan,
})
export type OrgApplied = z.infer<typeof OrgApplied>

const hours = z.coerce.number().min(0).max(87_600).default(24)

/** Query of `GET /org/leftovers`. */
export const Leftovers = z.object({ older_than_hours: hours })
export type Leftovers = z.input<typeof Leftovers>

/** What an earlier mishap left: there twice, or its agent has never come. */
export const Leftover = z.object({
  id: WorkspaceId,
  name: z.string(),
  path: z.array(z.string()),
  kind: z.enum(['duplicate', 'never_registered']),
  detail: z.string(),
  /** Of a duplicate, the one that was there before. */
  of: WorkspaceId.nullable(),
  created_at: z.string(),
  /** How many stand right below it. */
  children: z.number().int(),
})
export type Leftover = z.infer<typeof Leftover>

export const LeftoverList = z.object({ leftovers: z.array(Leftover) })
export type LeftoverList = z.infer<typeof LeftoverList>

/** Body of `POST /org/prune`: each must be a leftover still, by the same age. */
export const PruneOrg = z.strictObject({
  ids: z.array(z.uuid()).min(1).max(1000),
  confirm: z.boolean().default(false),
  older_than_hours: hours,
})
export type PruneOrg = z.input<typeof PruneOrg>

/** With all that stood below. */
export const PrunedOrg = z.object({ removed: z.array(WorkspaceId) })
export type PrunedOrg = z.infer<typeof PrunedOrg>
