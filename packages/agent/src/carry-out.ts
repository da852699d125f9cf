import type { Reason } from '@molecule/contract/workspace'
import type { AdapterResult, RuntimeAdapter, Sink } from './adapter.ts'
import type { AgentLink } from './agent-link.ts'
import type { Attempt, StopCause } from './attempt.ts'
import type { Beater } from './beater.ts'
import type { ConfigKeeper } from './config.ts'
import { type AttemptEnd, attemptKey, type FencedRef, type Journal } from './journal.ts'
import { linkedAbort } from './linked-abort.ts'
import type { Log } from './log.ts'
import { type ServerLink, verdictOn } from './server-link.ts'

export type AttemptTools = {
  readonly journal: Journal
  readonly link: ServerLink
  /** The server as the programs of the workspace know it. */
  readonly agent: AgentLink
  readonly adapter: RuntimeAdapter
  readonly config: ConfigKeeper
  readonly beater: Beater
  readonly log: Log
  /** Aborted when the server is not to be told any more. */
  readonly telling: AbortSignal
}

const refOf = ({ leased, fence }: Attempt): FencedRef => ({
  task_id: leased.task_id,
  attempt: leased.attempt,
  fence,
})

const causeOf = ({ stop }: Attempt): StopCause => stop.signal.reason

/** From the lease to the end of its program; nothing when it was not started. Each step is on the disk before the next. */
export async function carryOut(
  attempt: Attempt,
  tools: AttemptTools,
): Promise<AttemptEnd | undefined> {
  await tools.journal.leased(refOf(attempt))
  const isGranted = await askToStart(attempt, tools)
  const end = isGranted ? await runProgram(attempt, tools) : endBeforeStart(attempt)
  attempt.phase = 'ended'
  if (end) await writeEnd(attempt, end, tools)
  // What was only leased when the host was told to stop is handed out again to the next one.
  else if (!attempt.stop.signal.aborted) await tools.journal.settled(refOf(attempt))
  return end
}

/** A fence raised while we asked is worth asking again. */
async function askToStart(
  attempt: Attempt,
  { link, log, telling }: AttemptTools,
): Promise<boolean> {
  using asking = linkedAbort(telling)
  const giveUp = () => asking.abort()
  attempt.stop.signal.addEventListener('abort', giveUp, { once: true })
  for (let fence = attempt.fence; !attempt.stop.signal.aborted; fence = attempt.fence) {
    try {
      await link.insist((client, call) => client.start(refOf(attempt), call), asking.signal)
      return true
    } catch (error) {
      log('info', 'an attempt may not start', { attempt: attemptKey(attempt.leased), error })
      if (verdictOn(error) !== 'fenced' || attempt.fence === fence) return false
    }
  }
  return false
}

const endBeforeStart = (attempt: Attempt): AttemptEnd | undefined =>
  attempt.stop.signal.aborted && causeOf(attempt) === 'canceled'
    ? { outcome: 'canceled' }
    : undefined

async function runProgram(attempt: Attempt, tools: AttemptTools): Promise<AttemptEnd> {
  const { adapter, config, journal } = tools
  const { signal } = attempt.stop
  const reason = await config.reach(attempt.configVersion, signal).catch(() => undefined)
  if (reason) return { outcome: 'failed', reason, failure: 'transient' }
  try {
    await journal.started(refOf(attempt))
  } catch (error) {
    return { outcome: 'interrupted', reason: journalUnwritable(error) }
  }
  attempt.phase = 'running'
  const { task_id: taskId, attempt: no, text, context_id: contextId } = attempt.leased
  const task = { taskId, attempt: no, text, contextId }
  const result = await adapter.run(task, sinkOf(attempt, tools), signal)
  if (!signal.aborted) return result.outcome === 'asked' ? ask(attempt, result, tools) : result
  return causeOf(attempt) === 'canceled'
    ? { outcome: 'canceled' }
    : { outcome: 'interrupted', reason: hostStopped }
}

/** The task waits for its answer once its attempt has ended; a question that gets nowhere is not lost either. */
async function ask(
  { leased }: Attempt,
  { question }: Extract<AdapterResult, { outcome: 'asked' }>,
  { agent, log }: AttemptTools,
): Promise<AttemptEnd> {
  try {
    await agent.ask(leased.task_id, question)
    return { outcome: 'completed', result: '' }
  } catch (error) {
    log('warn', 'a question could not be asked', { attempt: attemptKey(leased), error })
    return { outcome: 'completed', result: question }
  }
}

const sinkOf = (attempt: Attempt, { beater }: AttemptTools): Sink => ({
  output(stream, text) {
    attempt.output.write(stream, text)
    attempt.hasProgressed = true
    beater.nudge()
  },
  progressed() {
    attempt.hasProgressed = true
  },
  tool: attempt.tools.add,
})

async function writeEnd(attempt: Attempt, end: AttemptEnd, { journal, log }: AttemptTools) {
  const written = journal.ended(refOf(attempt), end)
  await written.catch((error) => log('error', 'the journal can not be written', { error }))
}

/** Tells which tools were used. Worth one try: the work itself does not hang on it. */
export async function tellTools({ leased, tools }: Attempt, { agent, log, telling }: AttemptTools) {
  const { task_id, attempt } = leased
  const report = tools.report({ task_id, attempt })
  if (!report || telling.aborted) return
  await agent
    .reportActivity(report)
    .catch((error: unknown) => log('info', 'the tools it used were not recorded', { error }))
}

/** Says how it ended until the server has answered, all of its output first. */
export async function tellEnd(
  attempt: Attempt,
  end: AttemptEnd,
  tools: AttemptTools,
): Promise<void> {
  const { link, journal, beater, telling, log } = tools
  const key = attemptKey(attempt.leased)
  try {
    await link.insist(async (client, call) => {
      await beater.flush(attempt)
      return client.complete({ ...refOf(attempt), ...end }, call)
    }, telling)
  } catch (error) {
    const verdict = verdictOn(error)
    log('info', 'the end of an attempt was not recorded', { attempt: key, verdict, error })
    if (verdict === 'refused' || verdict === 'aborted') return
    if (verdict === 'rejected' && end.outcome === 'completed')
      return tellEnd(attempt, { outcome: 'failed', reason: resultRefused(error) }, tools)
  }
  await journal.settled(refOf(attempt))
}

const messageOf = (error: unknown) => (error instanceof Error ? error.message : String(error))

const hostStopped: Reason = {
  code: 'host_stopped',
  detail: 'The agent host was told to stop while the program ran.',
  hint: 'Nothing to do: the task is tried again when the workspace runs again.',
}

const journalUnwritable = (error: unknown): Reason => ({
  code: 'journal_unwritable',
  detail: `The agent host could not write its journal: ${messageOf(error)}. The program was not run.`,
  hint: 'Look whether the disk of the data folder is full or read-only.',
})

export const resultRefused = (error: unknown): Reason => ({
  code: 'result_refused',
  detail: `The program ended well, but the server did not take its answer: ${messageOf(error)}`,
  hint: 'Shorten the answer, or write it to a file and print its name.',
})
