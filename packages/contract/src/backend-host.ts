import { z } from 'zod'

/**
 * The interface of a backend over HTTP: what a server that offers its backends (`MOLECULE_SERVE_BACKENDS`) understands, and what
 * the backend `control-plane` of another server speaks. Every call may be repeated.
 */

/** Ids become parts of names of folders, containers and labels: nothing that leads elsewhere. */
const Id = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9_-]{0,79}$/)

export const WorkloadOwner = z.strictObject({ install_id: Id, node_id: Id })
export type WorkloadOwner = z.infer<typeof WorkloadOwner>

/** One physical start of one workspace of one installation. */
export const Workload = z.strictObject({
  owner: WorkloadOwner,
  workspace_id: Id,
  incarnation: z.number().int().min(1).max(999_999_999_999_999),
})
export type Workload = z.infer<typeof Workload>

/** A folder of the caller's machine means nothing here, so there is none. */
export const StartWorkload = Workload.extend({
  runtime: z.string().min(1).max(100),
  tier: z.number().int().min(1).max(4),
  /** What the agent host dials and shows once. It goes into a file for the host, and nowhere else. */
  boot: z.strictObject({
    url: z.url({ protocol: /^https?$/ }).max(2000),
    credential: z.string().min(1).max(500),
  }),
})
export type StartWorkload = z.infer<typeof StartWorkload>

/** Where it runs, known once a start has been answered; without it, it is looked for everywhere. */
const place = { backend: z.string().min(1).max(100), image: z.string().max(500).optional() }

export const StartedWorkload = z.object(place)
export type StartedWorkload = z.infer<typeof StartedWorkload>

export const PlacedWorkload = Workload.extend({ backend: place.backend.optional() })
export type PlacedWorkload = z.infer<typeof PlacedWorkload>

/** The only answer of a stop: one that could not be proven is a refusal. */
export const StoppedWorkload = z.object({ state: z.literal('absent') })
export type StoppedWorkload = z.infer<typeof StoppedWorkload>

export const InspectedWorkload = z.object({ state: z.enum(['running', 'absent', 'unknown']) })
export type InspectedWorkload = z.infer<typeof InspectedWorkload>

export const PurgedWorkload = z.object({ stored: z.literal(false) })
export type PurgedWorkload = z.infer<typeof PurgedWorkload>

/** What of this owner is alive, page by page: `after` is the `next` of the page before. */
export const ListWorkloads = z.strictObject({
  owner: WorkloadOwner,
  after: z.string().max(200).optional(),
})
export type ListWorkloads = z.infer<typeof ListWorkloads>

export const WorkloadPage = z.object({
  workloads: z.array(
    z.object({ workspace_id: z.string(), incarnation: z.number().int(), ...place }),
  ),
  /** Null on the last page. A list without its last page is no list. */
  next: z.string().nullable(),
})
export type WorkloadPage = z.infer<typeof WorkloadPage>

export const MAX_LOG_LINES = 10_000

/** Answered as one JSON string per line, oldest first, then `null`: without that the log was cut short. */
export const ReadWorkloadLogs = PlacedWorkload.extend({
  tail_lines: z.number().int().min(0).max(MAX_LOG_LINES),
  /** Goes on with later lines until the workload is gone. */
  follow: z.boolean().default(false),
})
export type ReadWorkloadLogs = z.infer<typeof ReadWorkloadLogs>

export const BackendOffer = z.object({
  capabilities: z.object({
    logs: z.boolean(),
    volumes: z.boolean(),
    images: z.boolean(),
    resource_limits: z.boolean(),
  }),
  /** How long one start may take. */
  start_limit_ms: z.number().int().positive(),
  /** Whether something could be started now, in words for an operator. */
  check: z.object({ ok: z.boolean(), detail: z.string() }),
})
export type BackendOffer = z.infer<typeof BackendOffer>

/** What changes something. */
export type WorkloadVerb = 'start' | 'stop' | 'purge'

/** Sent as `Idempotency-Key`. It follows from what is asked, so whoever repeats a call after a lost answer repeats the key. */
export const workloadKey = (verb: WorkloadVerb, { owner, workspace_id, incarnation }: Workload) =>
  [verb, owner.install_id, owner.node_id, workspace_id, incarnation].join(':')
