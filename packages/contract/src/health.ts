import { z } from 'zod'

export const Health = z.object({
  status: z.literal('ok'),
  version: z.string(),
  pid: z.number().int(),
})
export type Health = z.infer<typeof Health>

export const ReadyCheck = z.object({ name: z.string(), ok: z.boolean(), detail: z.string() })
export const Ready = z.object({ ready: z.boolean(), checks: z.array(ReadyCheck) })
export type Ready = z.infer<typeof Ready>
