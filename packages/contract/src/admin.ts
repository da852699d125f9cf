import { z } from 'zod'

/** Body of `POST /admin/shutdown`: the server ends cleanly after it has answered. */
export const Shutdown = z.strictObject({ stop_agents: z.boolean() })
export type Shutdown = z.infer<typeof Shutdown>

/** `agents_stopped` counts agents proven gone; `agents_left` those that still run. */
export const ShutdownResult = z.object({
  agents_stopped: z.number().int(),
  agents_left: z.number().int(),
})
export type ShutdownResult = z.infer<typeof ShutdownResult>
