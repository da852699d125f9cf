import { setTimeout as sleep } from 'node:timers/promises'
import type { Workspace } from '@molecule/contract/workspace'
import type { Cli } from './cli.ts'
import { CliError, stoppedWaiting } from './cli-error.ts'
import { exitCode } from './exit-code.ts'
import { patiently } from './patience.ts'

const betweenLooksMs = 150

/** Waits until the start asked for is online; throws when it has failed or the time is up. */
export async function untilOnline(
  cli: Pick<Cli, 'out' | 'client' | 'signal'>,
  workspace: Workspace,
  timeoutMs: number,
): Promise<Workspace> {
  using progress = cli.out.spinner(`${workspace.name} is starting`)
  const signal = AbortSignal.any([cli.signal, AbortSignal.timeout(timeoutMs)])
  const onSilence = (error: Error) => cli.out.note(`${error.message} Trying again.`)
  const look = () => cli.client().workspaces.get(workspace.id, {}, { signal })
  try {
    while (true) {
      const now = await patiently(look, { signal, onSilence })
      if (now.status === 'online' && now.observed_generation >= workspace.generation) return now
      if (now.status === 'failed' && isFresh(now, workspace)) throw startFailure(now)
      progress.update(`${now.name}: ${now.provision_phase ?? now.status}`)
      await sleep(betweenLooksMs, undefined, { signal })
    }
  } catch (error) {
    throw signal.aborted ? goesOn(cli.signal.aborted, workspace) : error
  }
}

/** A restart is asked of a row that may still show how an earlier start failed. */
const isFresh = (now: Workspace, asked: Workspace) =>
  asked.status !== 'failed' || asked.incarnation === 0 || now.incarnation > asked.incarnation

const startFailure = ({ name, failure_reason, next_start_at }: Workspace) =>
  new CliError(`"${name}" could not start: ${failure_reason?.detail ?? 'no reason was given'}`, {
    exitCode: exitCode.failed,
    lines: next_start_at === null ? [] : [`It is tried again at ${next_start_at}.`],
    ...(failure_reason ? { hint: failure_reason.hint } : {}),
  })

const goesOn = (isInterrupted: boolean, { id, name }: Workspace) =>
  stoppedWaiting(
    isInterrupted ? 'interrupted' : 'timedOut',
    `"${name}" is not online yet; its start goes on.`,
    [`look: molecule ws get ${id}`],
  )
