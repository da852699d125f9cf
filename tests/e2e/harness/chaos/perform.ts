import type { ErrorCode } from '@molecule/contract/problem'
import type { CreateWorkspace } from '@molecule/contract/workspace'
import { type Client, MoleculeError } from '@molecule/sdk'
import type { Installation } from '../installation.ts'
import type { KeptAlive } from '../kept-alive.ts'
import { killProcess } from '../marked-processes.ts'
import { patiently } from '../patiently.ts'
import { countIn, type Ledger, type Wish } from './ledger.ts'
import { type Act, type KillAct, parentOf, type Verb, type VerbAct } from './plan.ts'

/** Where the programs of the agents lie, and what they note, as the agents see it. */
export type Grounds = {
  program(name: string): string
  readonly starts: string
  /** A folder of this machine that agents may write, where they do not write everywhere. */
  readonly workspaceDir?: string
  /** Kills what the backend talks to, and returns when it is back. */
  killDaemon?(): Promise<void>
}

export type Stage = {
  readonly grounds: Grounds
  readonly installation: Installation
  readonly kept: KeptAlive
  readonly client: Client
  readonly ledger: Ledger
}

/** What may be said no to when verbs cross each other. */
const sensible: readonly ErrorCode[] = [
  'gone',
  'not_found',
  'unknown_parent',
  'not_allowed_now',
  'conflict',
]

/** Does it now. Whatever is answered enters the ledger; nothing throws but a broken test. */
export async function perform(stage: Stage, act: Act, no: number): Promise<void> {
  if (act.do === 'kill') return kill(stage, act)
  try {
    await callers[act.do](stage, act, no)
  } catch (error) {
    if (!(error instanceof MoleculeError)) throw error
    const { code, problem } = error
    if (sensible.includes(code)) countIn(stage.ledger.refused, `${act.do}: ${code}`)
    else stage.ledger.wrong.push(`act ${no}, ${act.do}, was answered ${code}: ${problem.detail}`)
  }
}

async function kill({ installation, kept, ledger, grounds }: Stage, { victim, pick }: KillAct) {
  if (victim === 'server') {
    await kept.current().kill()
    countIn(ledger.kills, victim)
    return
  }
  if (victim === 'daemon') {
    await grounds.killDaemon?.()
    countIn(ledger.kills, victim)
    return
  }
  const targets = (await installation.processes()).filter(({ kind }) => kind === victim)
  const target = targets[Math.floor(pick * targets.length)]
  if (target && killProcess(target)) countIn(ledger.kills, victim)
}

type Caller = (stage: Stage, act: VerbAct, no: number) => Promise<void>

/** A verb for the workspace that was made last in that place, removed or not. */
const toWorkspace =
  (call: (stage: Stage, id: string, act: VerbAct, no: number) => Promise<Wish[]>): Caller =>
  async (stage, act, no) => {
    const id = stage.ledger.bySlot.get(act.slot)
    if (id !== undefined) stage.ledger.wishes.push(...(await call(stage, id, act, no)))
  }

const callers: Record<Verb, Caller> = {
  create,
  ask: toWorkspace(async ({ client, ledger }, id, _, no) => {
    const body = { text: `request ${no}`, idempotency_key: `chaos/${no}` }
    ledger.accepted.push((await patiently(() => client.workspaces.ask(id, body))).id)
    return []
  }),
  restart: toWorkspace(async ({ client }, id) => {
    const { generation, desired_state } = await patiently(() => client.workspaces.restart(id))
    return [{ verb: 'restart', id, generation, desired: desired_state }]
  }),
  wake: toWorkspace(async ({ client }, id) => {
    const { generation, desired_state } = await patiently(() => client.workspaces.wake(id))
    return [{ verb: 'wake', id, generation, desired: desired_state }]
  }),
  pause: toWorkspace(async ({ client }, id) => {
    const { targets } = await patiently(() => client.workspaces.pause(id))
    return targets.map(({ id, generation }) => ({
      verb: 'pause',
      id,
      generation,
      desired: 'paused',
    }))
  }),
  resume: toWorkspace(async ({ client }, id) => {
    const { targets } = await patiently(() => client.workspaces.resume(id))
    return targets.flatMap(({ id, generation, outcome }) => {
      if (outcome === 'kept') return []
      const desired = outcome === 'hibernated' ? 'hibernated' : 'running'
      return [{ verb: 'resume', id, generation, desired } as const]
    })
  }),
  hibernate: toWorkspace(async ({ client }, id, { flag }) => {
    const { generation } = await patiently(() => client.workspaces.hibernate(id, { force: flag }))
    return [{ verb: 'hibernate', id, generation, desired: 'hibernated' }]
  }),
  collapse: toWorkspace(async ({ client }, id, { flag }) => {
    const query = { confirm: true, purge: flag }
    const { removed } = await patiently(() => client.workspaces.collapse(id, query))
    return removed.map((each) => gone('collapse', each))
  }),
  delete: toWorkspace(async ({ client }, id, { flag }) => {
    const query = { confirm: true, purge: flag }
    const { cascade_deleted } = await patiently(() => client.workspaces.remove(id, query))
    return [id, ...cascade_deleted].map((each) => gone('delete', each))
  }),
}

/** Nothing comes after a removal, whatever its generation. */
const gone = (verb: string, id: string): Wish => ({ verb, id, generation: 0, desired: 'removed' })

async function create(stage: Stage, { slot }: VerbAct, no: number): Promise<void> {
  const { client, ledger, grounds } = stage
  const boss = parentOf(slot)
  const parent = boss === undefined ? undefined : ledger.bySlot.get(boss)
  const name = `w${slot} of act ${no}`
  const seconds = slot % 2 === 0 ? '0.5' : '3'
  const worker = ['sh', grounds.program('worker.sh'), seconds]
  const id = await createOnce(client, {
    name,
    runtime: 'command',
    runtime_config: {
      command: 'sh',
      args: [grounds.program('noted.sh'), grounds.starts, ...worker],
    },
    ...(parent === undefined ? {} : { parent_id: parent }),
    ...(grounds.workspaceDir === undefined ? {} : { workspace_dir: grounds.workspaceDir }),
  })
  ledger.bySlot.set(slot, id)
  ledger.made.set(id, name)
}

/** When the answer was lost with its server, the workspace may be there. */
async function createOnce(client: Client, wanted: CreateWorkspace): Promise<string> {
  try {
    return (await patiently(() => client.workspaces.create(wanted))).id
  } catch (error) {
    if (!(error instanceof MoleculeError) || error.code !== 'name_taken') throw error
    const all = await patiently(() => client.workspaces.list())
    const found = all.find(({ name }) => name === wanted.name)
    if (!found) throw error
    return found.id
  }
}
