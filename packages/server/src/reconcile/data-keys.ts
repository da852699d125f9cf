import { finishRotation, isRotating, type Vault } from '../domain/secret/data-key.ts'
import type { Controller, Log } from './supervise.ts'

const ROUND_MS = 60_000

/** Finishes a rotation of the data key that was cut short. */
export const dataKeys = ({
  vault,
  orgId,
  log,
}: {
  vault: Vault
  orgId: string
  log: Log
}): Controller => ({
  name: 'data-keys',
  everyMs: ROUND_MS,
  async round(signal) {
    if (!(await isRotating(vault.db))) return
    const { reencrypted, failed_keys } = await finishRotation(vault, orgId, signal)
    if (reencrypted > 0) log.info({ reencrypted }, 'went on with a rotation of the data key')
    if (failed_keys.length > 0)
      log.warn({ failed_keys }, 'secrets cannot be decrypted: save them again')
  },
})
