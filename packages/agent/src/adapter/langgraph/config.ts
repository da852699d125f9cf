import type { LanggraphConfig } from '@molecule/contract/runtime-config'

/** The server has checked it; this gives it its type, and the parts left out their default. */
export function langgraphConfig(given: Record<string, unknown>): LanggraphConfig {
  const told = given as Partial<LanggraphConfig>
  return {
    graph: told.graph,
    modules: told.modules,
    env: told.env ?? {},
    recursion_limit: told.recursion_limit ?? 500,
    stall_s: told.stall_s ?? 300,
  }
}
