import type { RunFolder } from './folders.ts'
import { bootId, isAlive, type ProcessIdentity, readIfThere } from './proc.ts'

export type HostRecord = ProcessIdentity & { readonly bootId: string }

/** What the launcher wrote about the host it started; nothing before it did. */
export async function readRecord(folder: RunFolder): Promise<HostRecord | undefined> {
  const line = await readIfThere(folder.process)
  const [, pid, startTime, boot] = line?.match(/^(\d+) (\d+) (\S+)\n$/) ?? []
  if (!pid || !startTime || !boot) return undefined
  return { pid: Number(pid), startTime, bootId: boot }
}

export const isHostAlive = async (record: HostRecord) =>
  record.bootId === (await bootId()) && (await isAlive(record))
