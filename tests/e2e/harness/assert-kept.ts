import { expect } from 'vitest'
import { audit } from './audit.ts'
import type { Installation } from './installation.ts'
import { startsFile } from './small-organization.ts'

/** Stops everything, and holds what was promised of work against what happened. */
export async function expectPromisesKept(
  installation: Installation,
  accepted: readonly string[],
): Promise<void> {
  const { dataDir } = installation
  await installation.down()
  expect(await installation.processes()).toEqual([])
  expect(await audit({ dataDir, starts: startsFile(installation), accepted })).toEqual([])
}
