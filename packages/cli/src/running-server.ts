import { readFileSync } from 'node:fs'
import { join } from 'node:path'

export type RunningServer = { pid: number; url: string; isAlive: boolean }

/** What a server writes into its data folder while it runs; a killed one leaves it behind. */
export function readRunningServer(dataDir: string): RunningServer | undefined {
  try {
    const { pid, url } = JSON.parse(readFileSync(join(dataDir, 'server.json'), 'utf8'))
    if (!Number.isInteger(pid) || pid <= 0 || typeof url !== 'string') return undefined
    return { pid, url, isAlive: isAlive(pid) }
  } catch {
    return undefined
  }
}

/** A process of another user cannot be signalled, yet it lives. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM'
  }
}
