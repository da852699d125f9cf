import { setTimeout as sleep } from 'node:timers/promises'
import { killProcess } from '../marked-processes.ts'
import { until } from '../until.ts'
import type { Victim } from './cells.ts'
import type { Stage } from './stage.ts'

/** Whom the blow is meant for, beside the server and the networks that all share. */
export type Aim = { readonly worker: string; readonly tasks: readonly string[] }

const databaseAwayMs = 300
const networkAwayMs = 700

/** Kills or cuts, and returns once what can come back has. */
export async function strike(stage: Stage, victim: Victim, aim: Aim): Promise<void> {
  if (victim === 'database') await stage.database.cut(databaseAwayMs)
  else if (victim === 'network') await stage.hosts.cut(networkAwayMs)
  else if (victim === 'server') await killServer(stage)
  else await killOne(stage, victim, aim)
}

async function killServer({ kept }: Stage): Promise<void> {
  const killed = kept.current()
  await killed.kill()
  const next = await until('the next server', () => kept.current() !== killed && kept.current())
  await next.ready()
}

/** The first of its programs that lives, in the order of the tasks; or its host. */
async function killOne(
  { installation }: Stage,
  victim: 'host' | 'agent',
  { worker, tasks }: Aim,
): Promise<void> {
  const target = await until(`a ${victim} to kill`, async () => {
    const own = (await installation.processes()).filter((each) => each.workspaceId === worker)
    if (victim === 'host') return own.find((each) => each.kind === 'host')
    return tasks.flatMap((id) => own.find((each) => each.taskId === id) ?? [])[0]
  })
  killProcess(target)
  await sleep(0)
}
