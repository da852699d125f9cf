import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'

export type Audited = {
  readonly dataDir: string
  /** Where `noted.sh` notes the starts of programs. */
  readonly starts: string
  /** Tasks that somebody was told are accepted. */
  readonly accepted: readonly string[]
}

type TaskRow = { id: string; status: string; endedAt: number | null; callerKind: string }
type AttemptRow = {
  taskId: string
  no: number
  startedAt: number | null
  lateAt: number | null
  outcome: string | null
}
export type Ledger = {
  tasks: TaskRow[]
  attempts: AttemptRow[]
  results: string[]
  inbox: { taskId: string; late: number }[]
  seqs: number[]
}

/**
 * What is promised of work, held against what programs noted and what the database of a stopped installation holds.
 * Answers one line for each broken promise.
 */
export async function audit({ dataDir, ...noted }: Audited): Promise<string[]> {
  return auditLedger(readLedger(join(dataDir, 'molecule.db')), noted)
}

/** The same, of a ledger that was read from whichever database. */
export async function auditLedger(
  ledger: Ledger,
  { starts, accepted }: Omit<Audited, 'dataDir'>,
): Promise<string[]> {
  const noted = await readStarts(starts)
  return [
    ...lostTasks(ledger, accepted),
    ...ledger.tasks.flatMap((task) => [
      ...brokenEnd(task, ledger),
      ...brokenDelivery(task, ledger),
    ]),
    ...brokenStarts(noted, ledger),
    ...gaps(ledger),
  ]
}

const lostTasks = ({ tasks }: Ledger, accepted: readonly string[]) =>
  accepted.filter((id) => !tasks.some((task) => task.id === id)).map((id) => `task ${id} is lost`)

function brokenEnd({ id, status, endedAt }: TaskRow, { results }: Ledger): string[] {
  const found = results.filter((taskId) => taskId === id).length
  const expected = status === 'completed' ? 1 : 0
  return [
    ...(endedAt === null ? [`task ${id} never ended: ${status}`] : []),
    ...(found === expected ? [] : [`task ${id} is ${status} with ${found} results`]),
  ]
}

/** A workspace that asked hears of the end once, and once more of each result that came late. */
function brokenDelivery({ id, endedAt, callerKind }: TaskRow, ledger: Ledger): string[] {
  if (callerKind !== 'workspace' || endedAt === null) return []
  const items = ledger.inbox.filter(({ taskId }) => taskId === id)
  const late = items.filter((item) => item.late === 1).length
  const mostLate = ledger.attempts.filter((each) => each.taskId === id && each.lateAt !== null)
  return [
    ...(items.length - late === 1 ? [] : [`task ${id} was delivered ${items.length - late} times`]),
    ...(late <= mostLate.length ? [] : [`task ${id} has ${late} late deliveries`]),
  ]
}

type Start = { task: string; attempt: number; overlap: string }

function brokenStarts(starts: Start[], { attempts }: Ledger): string[] {
  const broken: string[] = []
  for (const [key, same] of Map.groupBy(starts, ({ task, attempt }) => `${task}/${attempt}`)) {
    const [first] = same
    if (same.length > 1) broken.push(`attempt ${key} started ${same.length} times`)
    if (first && first.overlap !== 'alone') broken.push(`attempt ${key} ran ${first.overlap}`)
    const known = attempts.find(({ taskId, no }) => `${taskId}/${no}` === key)
    if (known?.startedAt == null) broken.push(`attempt ${key} ran without leave`)
  }
  const unseen = attempts.filter(
    ({ taskId, no, outcome }) =>
      outcome === 'completed' &&
      !starts.some(({ task, attempt }) => task === taskId && attempt === no),
  )
  return [
    ...broken,
    ...unseen.map(({ taskId, no }) => `attempt ${taskId}/${no} ended well without a start`),
  ]
}

function gaps({ seqs }: Ledger): string[] {
  const count = seqs.filter((seq, n) => seq !== (seqs[n - 1] ?? 0) + 1).length
  return count === 0 ? [] : [`the events have ${count} gaps in their order`]
}

async function readStarts(path: string): Promise<Start[]> {
  const text = await readFile(path, 'utf8').catch(() => '')
  return text
    .split('\n')
    .filter(Boolean)
    .map((line) => {
      const [task = '', attempt = '', , overlap = ''] = line.split(' ')
      return { task, attempt: Number(attempt), overlap }
    })
}

function readLedger(path: string): Ledger {
  const database = new DatabaseSync(path, { readOnly: true })
  const all = (sql: string) => database.prepare(sql).all()
  try {
    return ledgerOf(mapped(ledgerQueries, all))
  } finally {
    database.close()
  }
}

/** What is read of a ledger; the words are those of both databases. */
export const ledgerQueries = {
  tasks: 'select id, status, ended_at as "endedAt", caller_kind as "callerKind" from tasks',
  attempts:
    'select task_id as "taskId", no, started_at as "startedAt", late_at as "lateAt", outcome from task_attempts',
  results: 'select task_id as id from task_results',
  inbox: 'select task_id as "taskId", late from inbox where kind = \'result\'',
  seqs: 'select seq from events order by seq',
} as const
export type LedgerRows = Record<keyof typeof ledgerQueries, Record<string, unknown>[]>

const mapped = (queries: typeof ledgerQueries, all: (sql: string) => unknown[]) =>
  Object.fromEntries(Object.entries(queries).map(([name, sql]) => [name, all(sql)])) as LedgerRows

export const ledgerOf = ({ tasks, attempts, results, inbox, seqs }: LedgerRows): Ledger => ({
  tasks: tasks as TaskRow[],
  attempts: attempts as AttemptRow[],
  results: results.map(({ id }) => String(id)),
  inbox: inbox as Ledger['inbox'],
  seqs: seqs.map(({ seq }) => Number(seq)),
})
