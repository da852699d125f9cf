import { z } from 'zod'
import { CompleteAttempt, LeasedAttempt, StartAttempt } from './host.ts'
import { Timestamp } from './id.ts'
import { Caller } from './task.ts'

/**
 * How an agent that runs elsewhere takes its work: it leases an item, does it, and completes it. An item that is neither
 * completed, started nor given back in time is handed out again, under another fence.
 */

/** Body of `POST /workspaces/:id/work/lease`. */
export const LeaseWork = z.strictObject({
  /** At most so many items. */
  limit: z.number().int().min(1).max(50).default(1),
  /** Seconds to wait for work. */
  wait_s: z.number().min(0).max(25).default(0),
  /** Seconds until an item that was not even started is handed out again. */
  lease_s: z.number().int().min(5).max(3600).default(60),
})
export type LeaseWork = z.input<typeof LeaseWork>

export const WorkItem = LeasedAttempt.extend({
  caller: Caller,
  leased_until: Timestamp,
  /** 1 the first time; after the fifth it is a dead letter: the task fails, and whoever asked is told. */
  deliveries: z.number().int(),
})
export type WorkItem = z.infer<typeof WorkItem>

export const LeasedWork = z.object({ items: z.array(WorkItem) })
export type LeasedWork = z.infer<typeof LeasedWork>

/** Body of `POST /workspaces/:id/work/:taskId/start`: from now on only its heartbeats count, not the lease. */
export const StartWork = StartAttempt.omit({ task_id: true })
export type StartWork = z.infer<typeof StartWork>

/** Body of `POST /workspaces/:id/work/:taskId/return`: not now, or not by this process. */
export const ReturnWork = StartWork.extend({
  /** Seconds until it is handed out again. */
  delay_s: z.number().int().min(0).max(3600).default(0),
})
export type ReturnWork = z.input<typeof ReturnWork>

/** Body of `POST /workspaces/:id/work/:taskId/complete`. */
export const CompleteWork = CompleteAttempt.omit({ task_id: true }).extend({
  outcome: z.enum(['completed', 'failed']),
})
export type CompleteWork = z.infer<typeof CompleteWork>
