import type { HermesConfig } from '@molecule/contract/runtime-config'

/** The server has checked it; this gives it its type, and the parts left out their default. */
export function hermesConfig(given: Record<string, unknown>): HermesConfig {
  const told = given as Partial<HermesConfig>
  return {
    command: told.command,
    args: told.args ?? [],
    env: told.env ?? {},
    base_url: told.base_url,
    start_timeout_s: told.start_timeout_s ?? 120,
    stall_s: told.stall_s ?? 900,
  }
}
