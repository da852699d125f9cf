import { setTimeout as sleep } from 'node:timers/promises'
import { audit } from '../audit.ts'
import type { Installation, ServerOptions } from '../installation.ts'
import { type KeptAlive, whileKeptAlive } from '../kept-alive.ts'
import { inLanes } from '../lanes.ts'
import { startTimeOf } from '../marked-processes.ts'
import { patiently } from '../patiently.ts'
import { testProgram } from '../program-paths.ts'
import { patientClient, startsFile } from '../small-organization.ts'
import { until } from '../until.ts'
import { newLedger } from './ledger.ts'
import { type Grounds, perform, type Stage } from './perform.ts'
import { type ChaosSize, chaosPlan } from './plan.ts'
import { twoStarts, violations, wishedStates } from './violations.ts'

export type ChaosReport = {
  /** How many acts of each kind were planned: verbs and kills. */
  readonly acts: ReadonlyMap<string, number>
  /** Processes that were killed indeed, by kind. */
  readonly kills: ReadonlyMap<string, number>
  readonly refused: ReadonlyMap<string, number>
  readonly tasks: number
  /** How many workspaces were wished what in the end. */
  readonly wished: ReadonlyMap<string, number>
  /** From the last act until all was as wished. */
  readonly settledMs: number
  /** A sentence for each. */
  readonly problems: readonly string[]
}

export type ChaosOptions = ChaosSize & {
  /** How long it may take until all is as wished. */
  readonly patienceMs: number
  readonly say?: (line: string) => void
  /** By default those of agents that are processes of this machine. */
  readonly grounds?: Grounds
  readonly server?: ServerOptions
}

const onThisMachine = (installation: Installation): Grounds => ({
  program: testProgram,
  starts: startsFile(installation),
})

/** So many people act at once. */
const lanes = 4
const lookEveryMs = 250

/** Lets people and crashes do their worst, then holds what is left against what was wished. */
export async function chaosRun(
  installation: Installation,
  options: ChaosOptions,
): Promise<ChaosReport> {
  const { patienceMs, say = () => {}, grounds = onThisMachine(installation), server = {} } = options
  const plan = chaosPlan(options)
  const acts = countsOf(plan.map((act) => (act.do === 'kill' ? `kill ${act.victim}` : act.do)))
  const ledger = newLedger()
  const work = async (kept: KeptAlive) => {
    const client = await patientClient(installation)
    const stage: Stage = { installation, kept, client, ledger, grounds }
    const watch = watchStarts(installation)
    const from = performance.now()
    await inLanes(plan.entries(), lanes, async ([no, act]) => {
      await sleep(Math.max(0, from + act.atMs - performance.now()))
      await perform(stage, act, no)
    })
    say(`${plan.length} acts took ${seconds(performance.now() - from)} s`)
    const settling = await settle(stage, patienceMs)
    say(`settled after ${seconds(settling.ms)} s`)
    const wished = await wishedStates(stage)
    await removeAll(stage)
    const removing = await settle(stage, patienceMs)
    say(`all of it removed after ${seconds(removing.ms)} s`)
    const ownDeaths = kept.outputs().length - 1 - (ledger.kills.get('server') ?? 0)
    return {
      settledMs: settling.ms,
      wished,
      problems: [
        ...watch.stop(),
        ...settling.problems,
        ...removing.problems.map((problem) => `after the removal of all: ${problem}`),
        ...(ownDeaths > 0 ? [`the server ended by itself ${ownDeaths} times`] : []),
      ],
    }
  }
  const mostDeaths = plan.length
  const { settledMs, wished, problems } = await whileKeptAlive(installation, () => server, work, {
    mostDeaths,
  })
  await installation.down()
  const { dataDir } = installation
  const { accepted, kills, refused, wrong } = ledger
  const broken = await audit({ dataDir, starts: grounds.starts, accepted })
  const left = (await installation.processes()).map(({ command }) => `down left: ${command}`)
  return {
    acts,
    kills,
    refused,
    tasks: accepted.length,
    wished,
    settledMs,
    problems: [...wrong, ...problems, ...broken, ...left],
  }
}

/** Waits until nothing is wrong; what still is when patience ends, is. */
async function settle(stage: Stage, patienceMs: number) {
  const from = performance.now()
  let problems: string[] = []
  const isSettled = async () => {
    problems = await violations(stage)
    return problems.length === 0
  }
  await until('all is as wished', isSettled, { timeoutMs: patienceMs, everyMs: lookEveryMs }).catch(
    (error: unknown) => {
      if (problems.length === 0) throw error
    },
  )
  return { ms: performance.now() - from, problems }
}

async function removeAll({ client, ledger }: Stage): Promise<void> {
  for (const { id, parent_id } of await patiently(() => client.workspaces.list())) {
    if (parent_id !== null) continue
    const query = { confirm: true, purge: true }
    const { cascade_deleted } = await patiently(() => client.workspaces.remove(id, query))
    for (const each of [id, ...cascade_deleted])
      ledger.wishes.push({ verb: 'delete', id: each, generation: 0, desired: 'removed' })
  }
}

/** Looks all the while for two starts of one workspace that live at once. */
function watchStarts(installation: Installation) {
  const found = new Set<string>()
  const over = new AbortController()
  const watching = async () => {
    while (!over.signal.aborted) {
      // Looking takes a moment, in which one may end and the next begin.
      const seen = await installation.processes()
      const alive = seen.filter(({ pid, startTime }) => startTimeOf(pid) === startTime)
      for (const problem of twoStarts(alive)) found.add(problem)
      await sleep(lookEveryMs)
    }
  }
  const watched = watching().catch((error: unknown) => found.add(String(error)))
  return {
    stop: (): string[] => {
      over.abort()
      void watched
      return [...found]
    },
  }
}

function countsOf(names: readonly string[]): Map<string, number> {
  const grouped = Map.groupBy(names, (name) => name)
  return new Map([...grouped].map(([name, each]) => [name, each.length]))
}

const seconds = (ms: number) => (ms / 1000).toFixed(1)
