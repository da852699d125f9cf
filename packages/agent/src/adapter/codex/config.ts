import type { CodexConfig } from '@molecule/contract/runtime-config'

/** The server has checked it; this gives it its type, and the parts left out their default. */
export function codexConfig(given: Record<string, unknown>): CodexConfig {
  const told = given as Partial<CodexConfig>
  return {
    command: told.command ?? 'codex',
    args: told.args ?? [],
    env: told.env ?? {},
    sandbox: told.sandbox ?? 'workspace-write',
    base_url: told.base_url,
    stall_s: told.stall_s ?? 300,
  }
}
