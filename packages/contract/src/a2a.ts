import { z } from 'zod'

/** The part of A2A's JSON-RPC binding served so far: `message/send` with text parts. Source: A2A 0.3 and 1.0. */
export const JsonRpcRequest = z.looseObject({
  jsonrpc: z.literal('2.0').optional(),
  id: z.union([z.string(), z.number(), z.null()]).optional(),
  method: z.string(),
  params: z.looseObject({}).optional(),
})
export type JsonRpcRequest = z.infer<typeof JsonRpcRequest>

/** `{text}`, `{kind: 'text', text}` and `{type: 'text', text}` are all in use. */
const TextPart = z.looseObject({ text: z.string() })

export const SendMessageParams = z.looseObject({
  message: z.looseObject({
    messageId: z.string().min(1).max(255).optional(),
    contextId: z.string().max(255).optional(),
    taskId: z.string().optional(),
    parts: z.array(TextPart).min(1),
    metadata: z.record(z.string(), z.unknown()).optional(),
  }),
  configuration: z.looseObject({ blocking: z.boolean().optional() }).optional(),
})
export type SendMessageParams = z.infer<typeof SendMessageParams>

export const A2aTaskState = z.enum([
  'submitted',
  'working',
  'input-required',
  'auth-required',
  'completed',
  'failed',
  'canceled',
])
export type A2aTaskState = z.infer<typeof A2aTaskState>

export const A2aTask = z.object({
  kind: z.literal('task'),
  id: z.string(),
  contextId: z.string(),
  status: z.object({
    state: A2aTaskState,
    timestamp: z.string(),
    message: z.unknown().optional(),
  }),
  artifacts: z
    .array(
      z.object({
        artifactId: z.string(),
        parts: z.array(z.object({ kind: z.literal('text'), text: z.string() })),
      }),
    )
    .optional(),
  metadata: z.record(z.string(), z.unknown()).optional(),
})
export type A2aTask = z.infer<typeof A2aTask>
