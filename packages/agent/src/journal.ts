import { type FileHandle, open, readFile, rename } from 'node:fs/promises'
import { dirname } from 'node:path'
import type { AttemptRef, CompleteAttempt, JournalReport } from '@molecule/contract/host'

/** How an attempt ended, before the server knows. */
export type AttemptEnd = Pick<
  CompleteAttempt,
  'outcome' | 'result' | 'reason' | 'failure' | 'retry_at'
>
export type FencedRef = { task_id: string; attempt: number; fence: number }

/**
 * What became of each attempt, safe on the disk before the next step is taken: whoever finds this
 * file after a crash knows which programs ran, and the results nobody has been told yet.
 */
export type Journal = {
  /** Attempts the server has not been told the end of, oldest first. */
  open(): JournalReport[]
  leased(attempt: FencedRef): Promise<void>
  started(attempt: FencedRef): Promise<void>
  ended(attempt: FencedRef, end: AttemptEnd): Promise<void>
  /** The server knows, or does not want to know. Not synced: saying it twice does no harm. */
  settled(attempt: FencedRef): Promise<void>
  /** The server has been told all that was open. */
  allReported(): Promise<void>
  close(): Promise<void>
}

type Settled = { task_id: string; attempt: number; state: 'settled' }
type Entry = JournalReport | Settled

const compactAboveBytes = 16_000_000

export async function openJournal(path: string): Promise<Journal> {
  const found = await readJournal(path)
  const known = found.open
  let file = await open(path, 'a', 0o600)
  let sizeBytes = found.sizeBytes
  let isLineOpen = found.isLineOpen
  let last: Promise<void> = Promise.resolve()

  /** One write at a time, in the order asked; a failed one does not stop the next. */
  const inTurn = (work: () => Promise<void>) => {
    const done = last.then(work)
    last = done.catch(() => {})
    return done
  }
  const append = (entry: Entry, isSynced: boolean) =>
    inTurn(async () => {
      const line = `${isLineOpen ? '\n' : ''}${JSON.stringify(entry)}\n`
      isLineOpen = true
      await file.appendFile(line)
      isLineOpen = false
      sizeBytes += Buffer.byteLength(line)
      if (isSynced) await file.datasync()
      apply(known, entry)
    })
  const compact = () =>
    inTurn(async () => {
      const text = [...known.values()].map((entry) => `${JSON.stringify(entry)}\n`).join('')
      file = await replaceFile(path, file, text)
      sizeBytes = Buffer.byteLength(text)
      isLineOpen = false
    })

  await syncFolder(path)
  return {
    open: () => [...known.values()],
    leased: (attempt) => append({ ...refOf(attempt), state: 'leased' }, true),
    started: (attempt) => append({ ...refOf(attempt), state: 'started' }, true),
    ended: (attempt, end) => append({ ...refOf(attempt), state: 'ended', ...end }, true),
    async settled({ task_id, attempt }) {
      await append({ task_id, attempt, state: 'settled' }, false)
      if (sizeBytes > compactAboveBytes) await compact()
    },
    async allReported() {
      known.clear()
      await compact()
    },
    close: () => inTurn(() => file.close()),
  }
}

async function readJournal(path: string) {
  const text = await readFile(path, 'utf8').catch((error) => {
    if (error.code === 'ENOENT') return ''
    throw error
  })
  const open = new Map<string, JournalReport>()
  for (const line of text.split('\n')) {
    const entry = parse(line)
    if (entry) apply(open, entry)
  }
  return { open, sizeBytes: Buffer.byteLength(text), isLineOpen: !/(^|\n)$/.test(text) }
}

/** A crash can tear the last line; nobody acted on what was not yet on the disk. */
function parse(line: string): Entry | undefined {
  try {
    const entry = JSON.parse(line)
    return typeof entry?.task_id === 'string' && typeof entry.state === 'string' ? entry : undefined
  } catch {
    return undefined
  }
}

function apply(open: Map<string, JournalReport>, entry: Entry) {
  const key = attemptKey(entry)
  if (entry.state === 'settled') open.delete(key)
  else open.set(key, entry)
}

async function replaceFile(path: string, old: FileHandle, text: string) {
  const fresh = await open(`${path}.new`, 'w', 0o600)
  await fresh.writeFile(text)
  await fresh.datasync()
  await fresh.close()
  await rename(`${path}.new`, path)
  await syncFolder(path)
  await old.close()
  return open(path, 'a', 0o600)
}

/** A new name is safe only when its folder is. */
async function syncFolder(path: string) {
  await using folder = await open(dirname(path))
  await folder.sync()
}

const refOf = ({ task_id, attempt, fence }: FencedRef) => ({ task_id, attempt, fence })

export const attemptKey = ({
  task_id,
  attempt,
}: Pick<AttemptRef, 'attempt'> & { task_id: string }) => `${task_id}/${attempt}`
