import { z } from 'zod'
import { RequiredEnv } from './workspace.ts'

export const RuntimeCapabilities = z.object({
  /** It remembers earlier tasks until its session is reset. */
  session: z.boolean(),
  /** The model of the workspace means something to it. */
  model: z.boolean(),
  /** Its output arrives while it works. */
  streaming: z.boolean(),
})
export type RuntimeCapabilities = z.infer<typeof RuntimeCapabilities>

export const Runtime = z.object({
  id: z.string(),
  display_name: z.string(),
  /** The model of a workspace that names none. */
  default_model: z.string().min(1),
  /** Whose models it runs: what may stand before the colon of their names. Left out where it runs any. */
  providers: z.array(z.string()).optional(),
  /** From the start to the first lease. */
  provision_timeout_s: z.number(),
  capabilities: RuntimeCapabilities,
  required_env: RequiredEnv,
  /** Keys of `runtime_config` without which it is refused. */
  required_config: z.array(z.string()),
  /** Name of the program that it drives; null where it drives none, or one that its configuration names. */
  program: z.string().nullable().default(null),
  /** Whether that is found where agents run by default; null where that cannot be looked at. */
  installed: z.boolean().nullable().default(null),
})
export type Runtime = z.infer<typeof Runtime>

export const RuntimeList = z.object({ runtimes: z.array(Runtime) })
export type RuntimeList = z.infer<typeof RuntimeList>
