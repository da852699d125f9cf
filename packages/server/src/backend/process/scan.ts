import { type FileHandle, open, readdir } from 'node:fs/promises'
import { sharedRounds } from '../../lib/shared-rounds.ts'
import { nodeVariable, runVariable } from './marker.ts'
import { isCode, type ProcessIdentity, startTimeOf } from './proc.ts'

export type MarkedProcess = ProcessIdentity & { readonly run: string; readonly node: string }

/** Every process of the machine that carries a marker. */
export type Scan = () => Promise<MarkedProcess[]>

const readsAtOnce = 8

/** One pass over `/proc` at a time; all who ask while it runs share the next one. */
export const markerScan = (): Scan => sharedRounds(scanOnce)

async function scanOnce() {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name)).map(Number)
  const found: MarkedProcess[] = []
  const readNext = async () => {
    const read = environmentReader()
    for (let pid = pids.pop(); pid !== undefined; pid = pids.pop()) {
      const marked = await readMarked(pid, read)
      if (marked) found.push(marked)
    }
  }
  await Promise.all(Array.from({ length: readsAtOnce }, readNext))
  return found.sort((a, b) => a.pid - b.pid)
}

async function readMarked(
  pid: number,
  read: EnvironmentReader,
): Promise<MarkedProcess | undefined> {
  const environment = await read(pid)
  if (!environment?.includes(`${runVariable}=`)) return undefined
  const entries = environment.toString('latin1').split('\0')
  const run = entryOf(entries, runVariable)
  const startTime = run && (await startTimeOf(pid))
  return startTime ? { pid, startTime, run, node: entryOf(entries, nodeVariable) ?? '' } : undefined
}

const entryOf = (entries: string[], name: string) =>
  entries.find((entry) => entry.startsWith(`${name}=`))?.slice(name.length + 1)

type EnvironmentReader = (pid: number) => Promise<Buffer | undefined>

const firstBufferBytes = 16_384
const maxEnvironmentBytes = 8_388_608

/** Reads one environment after the other into one buffer: `readFile` would make 64 KB of garbage for each. */
function environmentReader(): EnvironmentReader {
  let buffer: Buffer = Buffer.alloc(firstBufferBytes)
  return async (pid) => {
    try {
      await using file = await open(`/proc/${pid}/environ`)
      const read = await readAll(file, buffer)
      buffer = read.buffer
      return buffer.subarray(0, read.length)
    } catch (error) {
      // Gone meanwhile, or of another user: our workloads run as we do.
      if (isCode(error, 'ENOENT', 'ESRCH', 'EACCES', 'EPERM')) return undefined
      throw error
    }
  }
}

/** Fills the buffer, or a larger one when it is too small; what is longer than any environment is cut. */
async function readAll(file: FileHandle, given: Buffer) {
  let buffer = given
  let length = 0
  while (length < maxEnvironmentBytes) {
    if (length === buffer.length) buffer = Buffer.concat([buffer], buffer.length * 2)
    const { bytesRead } = await file.read(buffer, length, buffer.length - length)
    if (bytesRead === 0) break
    length += bytesRead
  }
  return { buffer, length }
}
