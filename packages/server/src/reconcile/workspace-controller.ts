import type { WorkspaceId } from '@molecule/contract/id'
import type { Backend, BackendHandle } from '../backend/backend.ts'
import { dbNow } from '../db/dialect/dialect.ts'
import type { Db, ResourceRow, WorkspaceRow } from '../db/tables.ts'
import { openResources } from '../domain/resource/resource-store.ts'
import { runtimeNamed } from '../domain/runtime/runtime.ts'
import { workspaceById } from '../domain/workspace/workspace-store.ts'
import { decide, type Facts, type Observed, type Step } from './decide.ts'
import type { Controller, Log } from './supervise.ts'
import { type StepContext, takeStep } from './workspace-steps.ts'

type Options = Omit<StepContext, 'log'> & {
  log: Log
  isDraining: () => boolean
}

const ROUND_MS = 1000
const SIDE_BY_SIDE = 8
/** A row that is not settled after so many steps waits for the next round. */
const MAX_STEPS = 12
const INSPECT_MS = 2000

/** Makes every workspace what it is wished to be. */
export function workspaceController(options: Options): Controller {
  const { db } = options
  const quiet = silenceGrace()
  return {
    name: 'workspaces',
    everyMs: ROUND_MS,
    async round(signal) {
      const rows = await unsettled(db, options.nodeId)
      const open = groupByWorkspace(await openResources(db))
      const silenceCounts = quiet(await dbNow(db))
      await sideBySide(rows, async (row) => {
        const look = { signal, silenceCounts }
        try {
          await settle(options, row, open.get(row.id) ?? [], look)
        } catch (error) {
          if (!signal.aborted) options.log.error({ workspaceId: row.id, error }, 'a step failed')
        }
      })
    },
  }
}

/** Rows that are not at their end, and that this machine answers for. */
async function unsettled(db: Db, nodeId: string): Promise<WorkspaceRow[]> {
  return db
    .selectFrom('workspaces')
    .selectAll()
    .where('status', '<>', 'removed')
    .where((is) => is.or([is('nodeId', 'is', null), is('nodeId', '=', nodeId)]))
    .execute()
}

type Look = { signal: AbortSignal; silenceCounts: boolean }

async function settle(options: Options, first: WorkspaceRow, known: ResourceRow[], look: Look) {
  let row: WorkspaceRow | undefined = first
  let open = known
  for (let n = 0; n < MAX_STEPS && row && !look.signal.aborted; n++) {
    const facts = await factsOf(options, row, open, look)
    const step: Step = decide(facts)
    if (step.do === 'nothing') return
    const goOn = await takeStep(options, row, step, look.signal)
    if (!goOn) return
    row = await workspaceById(options.db, row.id)
    open = await openResources(options.db, first.id)
  }
}

async function factsOf(
  options: Options,
  row: WorkspaceRow,
  open: ResourceRow[],
  { signal, silenceCounts }: Look,
): Promise<Facts> {
  const current = open.find((each) => each.incarnation === row.incarnation)
  return {
    row,
    open,
    observed: current?.confirmedAt ? await observe(options.backends, current, signal) : 'none',
    now: await dbNow(options.db),
    isDraining: options.isDraining(),
    provisionTimeoutMs: runtimeNamed(row.runtime).provisionTimeoutMs,
    silenceCounts,
  }
}

async function observe(
  backends: ReadonlyMap<string, Backend>,
  resource: ResourceRow,
  signal: AbortSignal,
): Promise<Observed> {
  const backend = backends.get(resource.backend)
  if (!backend) return 'unknown'
  const patience = AbortSignal.any([signal, AbortSignal.timeout(INSPECT_MS)])
  return backend.inspect(resource.handle as BackendHandle, patience)
}

/** Silence counts only after an unbroken stretch of rounds as long as the threshold: a gap may be our own. */
function silenceGrace() {
  const MAX_GAP_MS = 2 * ROUND_MS + 3000
  const GRACE_MS = 20_000
  let last: number | undefined
  let since = 0
  return (now: number) => {
    if (last === undefined || now - last > MAX_GAP_MS || now < last) since = now
    last = now
    return now - since >= GRACE_MS
  }
}

function groupByWorkspace(resources: ResourceRow[]): Map<WorkspaceId, ResourceRow[]> {
  return Map.groupBy(resources, (each) => each.workspaceId)
}

async function sideBySide<T>(items: T[], work: (item: T) => Promise<void>): Promise<void> {
  const queue = items.values()
  const worker = async () => {
    for (const item of queue) await work(item)
  }
  await Promise.all(Array.from({ length: Math.min(SIDE_BY_SIDE, items.length) }, worker))
}
