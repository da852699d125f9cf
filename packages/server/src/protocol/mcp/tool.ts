import type { CallToolResult, McpServer, ToolAnnotations } from '@modelcontextprotocol/server'
import { z } from 'zod'
import { type Api, Refused } from './api.ts'

/** What a tool knows of its call. */
export type Call = {
  api: Api
  /** Of the workspace whose tools these are; empty for the tools of an operator. */
  workspace: string
  /** Ends when the caller hangs up or takes the call back. */
  signal: AbortSignal
}

export type Tool<S extends z.ZodObject = z.ZodObject> = {
  name: string
  title: string
  description: string
  input: S
  annotations: ToolAnnotations
  run: (call: Call, input: z.output<S>) => Promise<object>
}

/** Keeps the types of the input together with what is done with it. */
export const tool = <S extends z.ZodObject>(told: Tool<S>): Tool => told as unknown as Tool

export const reads: ToolAnnotations = { readOnlyHint: true, openWorldHint: false }
export const changes: ToolAnnotations = {
  readOnlyHint: false,
  destructiveHint: false,
  openWorldHint: false,
}

/** What a tool answers is an object, whatever it holds. */
const Output = z.looseObject({})

export function register(server: McpServer, tools: readonly Tool[], call: Omit<Call, 'signal'>) {
  for (const { name, title, description, input, annotations, run } of tools)
    server.registerTool(
      name,
      { title, description, inputSchema: input, outputSchema: Output, annotations },
      async (given, { mcpReq }) => answerOf(() => run({ ...call, signal: mcpReq.signal }, given)),
    )
}

/** A refusal is an answer too: the agent reads why, and what to do. Anything else is a fault of ours. */
async function answerOf(run: () => Promise<object>): Promise<CallToolResult> {
  try {
    return told(await run())
  } catch (error) {
    if (!(error instanceof Refused)) throw error
    const { code, detail, hint, retryable, fields, extra } = error.problem
    return { ...told({ error: { code, detail, hint, retryable, fields, extra } }), isError: true }
  }
}

const told = (value: object): CallToolResult => ({
  content: [{ type: 'text', text: JSON.stringify(value) }],
  structuredContent: value as Record<string, unknown>,
})
