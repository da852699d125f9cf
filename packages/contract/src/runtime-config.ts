import { z } from 'zod'

const EnvName = z.string().regex(/^[A-Za-z_][A-Za-z0-9_]*$/)

export const permissionModes = ['default', 'acceptEdits', 'plan', 'bypassPermissions'] as const

/** `runtime_config` of the runtime `claude-code`. */
export const ClaudeCodeConfig = z.strictObject({
  /** Name or path of the program. */
  command: z.string().min(1).max(1000).default('claude'),
  /** Further arguments, before those of the adapter. */
  args: z.array(z.string().max(10_000)).max(100).default([]),
  env: z.record(EnvName, z.string().max(10_000)).default({}),
  /** What it may do without asking. Nobody is there to be asked: everything else is denied, with the reason. */
  permission_mode: z.enum(permissionModes).default('acceptEdits'),
  /** In the words of Claude Code, for example `Bash(git:*)`; `mcp__molecule` are the tools of the organization. */
  allowed_tools: z.array(z.string().min(1).max(500)).max(200).default(['mcp__molecule']),
  /** Of one task; without it as many as it takes. */
  max_turns: z.number().int().min(1).max(10_000).optional(),
  /** How long the model may be silent while no tool is running; slow is fine. */
  stall_s: z.number().int().min(1).max(86_400).default(300),
})
export type ClaudeCodeConfig = z.infer<typeof ClaudeCodeConfig>

export const codexSandboxes = ['read-only', 'workspace-write', 'danger-full-access'] as const

/** `runtime_config` of the runtime `codex`. */
export const CodexConfig = z.strictObject({
  /** Name or path of the program. */
  command: z.string().min(1).max(1000).default('codex'),
  /** Further arguments, before those of the adapter. */
  args: z.array(z.string().max(10_000)).max(100).default([]),
  env: z.record(EnvName, z.string().max(10_000)).default({}),
  /** What its commands may write to. What lies beyond is declined, as nobody is there to be asked. */
  sandbox: z.enum(codexSandboxes).default('workspace-write'),
  /** Of a Responses API; without it OPENAI_BASE_URL, else that of OpenAI. */
  base_url: z.url().max(2000).optional(),
  /** How long the model may be silent while no tool is running; slow is fine. */
  stall_s: z.number().int().min(1).max(86_400).default(300),
})
export type CodexConfig = z.infer<typeof CodexConfig>
