import { statfs } from 'node:fs/promises'
import { Liveness } from '@molecule/contract/admin'
import type { Backend } from '../backend/backend.ts'
import { dbNow } from '../db/dialect/dialect.ts'
import type { Db } from '../db/tables.ts'
import type { Clock } from '../lib/clock.ts'
import { redact } from '../lib/redact.ts'
import type { Supervised } from '../reconcile/supervise.ts'

export type Check = { name: string; ok: boolean; detail: string }

type Options = {
  db: Db
  clock: Clock
  dataDir: string
  controllers: readonly Supervised[]
  /** Those that are enabled. */
  backends: readonly Backend[]
  brake: () => string | null
}

const LEAST_FREE_BYTES = 100 * 1024 * 1024
const MAX_CLOCK_GAP_MS = 5000
const ROUND_SLACK_MS = 15_000
const BACKEND_MS = 2_000

/** Whether the server can do its work, one line per thing it needs. */
export const readiness =
  ({ db, clock, dataDir, controllers, backends, brake }: Options) =>
  async (): Promise<Check[]> => [
    await attempt('database', async () => {
      await db.selectFrom('feedHead').select('seq').executeTakeFirstOrThrow()
      return ok('answers')
    }),
    await attempt('disk', () => diskCheck(dataDir)),
    await attempt('clock', async () => {
      const gapMs = Math.abs((await dbNow(db)) - clock.now())
      return { ok: gapMs <= MAX_CLOCK_GAP_MS, detail: `${gapMs} ms from the clock of the database` }
    }),
    { name: 'orphan sweep', ok: brake() === null, detail: brake() ?? 'free to stop orphans' },
    ...controllers.map((controller) => controllerCheck(controller, clock.now())),
    ...(await Promise.all(
      backends.flatMap(({ id, check }) => (check ? backendCheck(id, check) : [])),
    )),
  ]

const backendCheck = (id: string, check: NonNullable<Backend['check']>) =>
  attempt(`backend ${id}`, () => check(AbortSignal.timeout(BACKEND_MS)))

const ok = (detail: string) => ({ ok: true, detail })

async function attempt(name: string, look: () => Promise<Omit<Check, 'name'>>): Promise<Check> {
  try {
    return { name, ...(await look()) }
  } catch (error) {
    return {
      name,
      ok: false,
      detail: redact(error instanceof Error ? error.message : String(error)),
    }
  }
}

async function diskCheck(dataDir: string) {
  const { bavail, bsize } = await statfs(dataDir)
  const free = bavail * bsize
  return { ok: free >= LEAST_FREE_BYTES, detail: `${Math.floor(free / 1024 / 1024)} MiB free` }
}

function controllerCheck(controller: Supervised, now: number): Check {
  const { name, everyMs, lastRoundAt, failures } = controller.pulse()
  const ageMs = lastRoundAt === null ? null : now - lastRoundAt
  const detail =
    ageMs === null ? 'no round completed yet' : `last round ${Math.round(ageMs / 1000)} s ago`
  return {
    name: `controller ${name}`,
    ok: ageMs !== null && ageMs <= everyMs + ROUND_SLACK_MS,
    detail: failures > 0 ? `${detail}, ${failures} rounds failed since` : detail,
  }
}

/** What each controller has completed, with its cadence. */
export const liveness =
  ({ clock, controllers }: Pick<Options, 'clock' | 'controllers'>) =>
  (): Liveness =>
    Liveness.parse({
      controllers: controllers.map((controller) => {
        const { name, everyMs, lastRoundAt, failures, restarts, backlog } = controller.pulse()
        return {
          name,
          every_s: everyMs / 1000,
          last_round_at: lastRoundAt === null ? null : new Date(lastRoundAt).toISOString(),
          seconds_ago: lastRoundAt === null ? null : (clock.now() - lastRoundAt) / 1000,
          backlog,
          restarts,
          failures_in_a_row: failures,
        }
      }),
    })
