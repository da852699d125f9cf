import type { A2aConfig } from '@molecule/contract/runtime-config'

/** The server has checked it; this gives it its type, and the parts left out their default. */
export function a2aConfig(given: Record<string, unknown>): A2aConfig {
  const told = given as Partial<A2aConfig>
  return {
    command: told.command ?? '',
    args: told.args ?? [],
    env: told.env ?? {},
    start_timeout_s: told.start_timeout_s ?? 60,
    stall_s: told.stall_s ?? 600,
  }
}
