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

const serving = {
  args: z.array(z.string().max(10_000)).max(100).default([]),
  env: z.record(EnvName, z.string().max(10_000)).default({}),
  /** How long the server may take until it answers. */
  start_timeout_s: z.number().int().min(1).max(3600).default(60),
  /** How long nothing may be said, and no processor time be used; slow is fine. */
  stall_s: z.number().int().min(1).max(86_400).default(600),
}

/** `runtime_config` of the runtime `a2a`: a program that serves A2A at the port in `PORT`, or at `{{port}}` in its arguments. */
export const A2aConfig = z.strictObject({ command: z.string().min(1).max(1000), ...serving })
export type A2aConfig = z.infer<typeof A2aConfig>

/** `runtime_config` of the runtime `hermes`: a gateway that speaks Chat Completions, ours to start with `command`, or there already. */
export const HermesConfig = z.strictObject({
  command: z.string().min(1).max(1000).optional(),
  ...serving,
  /** Where the gateway is. Without it and with a `command`, at the port that the command was given. */
  base_url: z.url().max(2000).optional(),
})
export type HermesConfig = z.infer<typeof HermesConfig>

/** `runtime_config` of the runtimes `langgraph` and `deepagents`: their packages are those of the project that they are in. */
export const LanggraphConfig = z.strictObject({
  /** `agent.ts:graph`: a graph of one's own, or a function that makes one; without it an agent with the tools of the organization. */
  graph: z.string().min(1).max(1000).optional(),
  /** Folder from which the packages are found; the folder of the work without it. */
  modules: z.string().min(1).max(1000).optional(),
  env: z.record(EnvName, z.string().max(10_000)).default({}),
  /** How many steps the graph may take in one task. */
  recursion_limit: z.number().int().min(1).max(100_000).default(500),
  /** How long the model may be silent while no tool is running; slow is fine. */
  stall_s: z.number().int().min(1).max(86_400).default(300),
})
export type LanggraphConfig = z.infer<typeof LanggraphConfig>

/** Kinds of tools in the Agent Client Protocol. */
export const acpToolKinds = [
  'read',
  'edit',
  'delete',
  'move',
  'search',
  'execute',
  'think',
  'fetch',
  'switch_mode',
  'other',
] as const

/** What may be done without asking unless the configuration says otherwise: nothing that runs commands or reaches outside. */
export const acpAllowed = ['read', 'edit', 'search', 'think'] as const

const Acp = z.strictObject({
  /** Name or path of the program. */
  command: z.string().min(1).max(1000).optional(),
  /** Further arguments, before those of the adapter. */
  args: z.array(z.string().max(10_000)).max(100).default([]),
  env: z.record(EnvName, z.string().max(10_000)).default({}),
  /** Kinds of tools that it may use. Nobody is there to be asked: all else is refused, with the reason. */
  allow: z.array(z.enum(acpToolKinds)).default([...acpAllowed]),
  /** The mode that a session is set to, in the words of the program. */
  mode: z.string().min(1).max(100).optional(),
  /** Of a Chat Completions API to be used in the place of the provider's, where the program can. */
  base_url: z.url().max(2000).optional(),
  /** How long the model may be silent while no tool is running; slow is fine. Each program has its own default. */
  stall_s: z.number().int().min(1).max(86_400).optional(),
})

/** `runtime_config` of the runtimes that speak the Agent Client Protocol and are known by name. */
export const AcpPresetConfig = Acp
/** `runtime_config` of the runtime `acp`: any program that speaks the protocol on its standard input and output. */
export const AcpConfig = Acp.extend({ command: z.string().min(1).max(1000) })
export type AcpConfig = z.infer<typeof AcpConfig>
