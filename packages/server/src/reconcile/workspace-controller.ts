import type { WorkspaceId } from '@molecule/contract/id'
import type { Backend, BackendHandle } from '../backend/backend.ts'
import { dbNow } from '../db/dialect/dialect.ts'
import type { Db, ResourceRow, WorkspaceRow } from '../db/tables.ts'
import { openResources } from '../domain/resource/resource-store.ts'
import { runtimeNamed } from '../domain/runtime/runtime.ts'
import { isExternal } from '../domain/workspace/external.ts'
import { workspaceById } from '../domain/workspace/workspace-store.ts'
import { decide, type Facts, type Observed, SILENT_MS } from './decide.ts'
import { keyedWork } from './keyed-work.ts'
import type { StepContext } from './step-context.ts'
import type { Controller, Log } from './supervise.ts'
import { takeStep } from './workspace-steps.ts'

type Options = Omit<StepContext, 'log'> & {
  log: Log
  isDraining: () => boolean
  /** An agent elsewhere that has not reported for so long is waited for again. */
  remoteStaleMs: number
}

const ROUND_MS = 1000
const SIDE_BY_SIDE = 16
/** A row that is not settled after so many steps waits for the next round. */
const MAX_STEPS = 12
const INSPECT_MS = 2000

/** Makes every workspace what it is wished to be. A slow one holds up no other. */
export function workspaceController(options: Options): Controller {
  const { db, log } = options
  const watched = unbrokenWatch()
  const settling = keyedWork<WorkspaceId, Seen>({
    sideBySide: SIDE_BY_SIDE,
    async work(id, seen) {
      try {
        await settle(options, seen)
      } catch (error) {
        if (!seen.signal.aborted) log.error({ workspaceId: id, error }, 'a step failed')
      }
    },
  })
  return {
    name: 'workspaces',
    everyMs: ROUND_MS,
    async round(signal) {
      const open = Map.groupBy(await openResources(db), (each) => each.workspaceId)
      const rows = await unsettled(db, options.nodeId)
      const watchedMs = watched(await dbNow(db))
      for (const row of rows)
        settling.offer(row.id, { row, open: open.get(row.id) ?? [], signal, watchedMs })
    },
    backlog: settling.backlog,
    end: settling.idle,
  }
}

/** Rows that are not at their end, or left something behind, and that this machine answers for. */
async function unsettled(db: Db, nodeId: string): Promise<WorkspaceRow[]> {
  return db
    .selectFrom('workspaces')
    .selectAll()
    .where((is) => is.or([is('nodeId', 'is', null), is('nodeId', '=', nodeId)]))
    .where((is) =>
      is.or([
        is('status', '<>', 'removed'),
        is.and([is('purgeRequestedAt', 'is not', null), is('purgedAt', 'is', null)]),
        is.exists(
          is
            .selectFrom('resources')
            .select('resources.id')
            .whereRef('resources.workspaceId', '=', 'workspaces.id')
            .where('resources.closedAt', 'is', null),
        ),
      ]),
    )
    .orderBy('createdAt')
    .orderBy('id')
    .execute()
}

/** A workspace as the round saw it, and for how long rounds have been looking without a gap. */
type Seen = { row: WorkspaceRow; open: ResourceRow[]; signal: AbortSignal; watchedMs: number }

async function settle(options: Options, first: Seen): Promise<void> {
  const { signal } = first
  let seen = first
  for (let n = 0; n < MAX_STEPS && !signal.aborted; n++) {
    const step = decide(await factsOf(options, seen))
    if (!(await takeStep(options, seen.row, step, signal))) return
    const row = await workspaceById(options.db, first.row.id)
    if (!row) return
    seen = { ...first, row, open: await openResources(options.db, row.id) }
  }
}

async function factsOf(options: Options, { row, open, signal, watchedMs }: Seen): Promise<Facts> {
  const silentAfterMs = isExternal(row) ? options.remoteStaleMs : SILENT_MS
  const current = open.find((each) => each.incarnation === row.incarnation)
  return {
    row,
    open,
    observed: current?.confirmedAt ? await observe(options.backends, current, signal) : 'none',
    now: await dbNow(options.db),
    isDraining: options.isDraining(),
    provisionTimeoutMs: runtimeNamed(row.runtime).provisionTimeoutMs,
    silentAfterMs,
    silenceCounts: watchedMs >= silentAfterMs,
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

/** For how long rounds have followed each other without a gap: silence in a gap may be our own, so it has to be longer. */
function unbrokenWatch() {
  const MAX_GAP_MS = 2 * ROUND_MS + 3000
  let last: number | undefined
  let since = 0
  return (now: number) => {
    if (last === undefined || now - last > MAX_GAP_MS || now < last) since = now
    last = now
    return now - since
  }
}
