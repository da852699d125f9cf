import type { ClaudeCodeConfig } from '@molecule/contract/runtime-config'

/** The server has checked it; this gives it its type, and the parts left out their default. */
export function claudeConfig(given: Record<string, unknown>): ClaudeCodeConfig {
  const told = given as Partial<ClaudeCodeConfig>
  return {
    command: told.command ?? 'claude',
    args: told.args ?? [],
    env: told.env ?? {},
    permission_mode: told.permission_mode ?? 'acceptEdits',
    allowed_tools: told.allowed_tools ?? ['mcp__molecule'],
    max_turns: told.max_turns,
    stall_s: told.stall_s ?? 300,
  }
}
