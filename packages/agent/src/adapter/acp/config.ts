import { type AcpConfig, acpAllowed } from '@molecule/contract/runtime-config'
import type { Preset } from './preset.ts'

/** The server has checked it; this gives it its type, and the parts left out their default. */
export function acpConfig(
  preset: Preset,
  given: Record<string, unknown>,
): AcpConfig & { stall_s: number } {
  const told = given as Partial<AcpConfig>
  return {
    command: told.command ?? preset.command,
    args: told.args ?? [],
    env: told.env ?? {},
    allow: told.allow ?? [...acpAllowed],
    mode: told.mode,
    base_url: told.base_url,
    stall_s: told.stall_s ?? preset.stallS,
  }
}
