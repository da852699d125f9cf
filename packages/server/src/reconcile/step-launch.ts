import type { ProvisionPhase } from '@molecule/contract/workspace'
import type { Backend, BackendHandle } from '../backend/backend.ts'
import { dbNow } from '../db/dialect/dialect.ts'
import type { WorkspaceRow } from '../db/tables.ts'
import { transact } from '../db/transact.ts'
import { mintCredential } from '../domain/identity/credential-store.ts'
import { confirmStarted } from '../domain/resource/resource-store.ts'
import { runtimeNamed } from '../domain/runtime/runtime.ts'
import { enterPhase } from '../domain/workspace/workspace-phase.ts'
import { redact } from '../lib/redact.ts'
import * as reasons from './reason.ts'
import { lastLines, type StepContext, type Subject } from './step-context.ts'
import { failStart } from './step-start.ts'

const START_MS = 30_000

/** Has the backend start what was written down. Repeating it finds what the first call began. */
export async function launch(
  context: StepContext,
  { row, resource }: Subject,
  signal: AbortSignal,
): Promise<boolean> {
  const backend = context.backends.get(resource.backend)
  if (!backend) return false
  const subject = { row, resource }
  if (row.provisionPhase === 'pull') return prepare(context, subject, backend, signal)
  const limitMs = backend.startLimitMs ?? START_MS
  const limit = AbortSignal.timeout(limitMs)
  const credential = await transact(context.db, async (tx) =>
    mintCredential(tx, {
      orgId: row.orgId,
      kind: 'boot',
      workspaceId: row.id,
      incarnation: resource.incarnation,
      now: await dbNow(tx),
      ttlMs: runtimeNamed(row.runtime).provisionTimeoutMs + limitMs,
    }),
  )
  try {
    const handle = await backend.start(
      {
        ...(resource.handle as BackendHandle),
        runtime: row.runtime,
        tier: row.tier,
        workspaceDir: row.workspaceDir,
        boot: { url: context.url(), credential },
      },
      AbortSignal.any([signal, limit]),
    )
    await transact(context.db, async (tx) => {
      await confirmStarted(tx, resource.id, handle)
      const { incarnation } = resource
      await enterPhase(tx, row.id, { incarnation, from: ['start'], to: 'connect' })
    })
  } catch (error) {
    if (signal.aborted) return false
    const timedOut = limit.aborted ? { phase: 'start' as const, limitMs } : undefined
    await launchFailed(context, subject, { error, backend, timedOut }, signal)
  }
  return true
}

const PREPARE_MS = 15 * 60_000

/** The phase before the start: what is fetched here takes no time from it. */
async function prepare(
  context: StepContext,
  { row, resource }: Subject,
  backend: Backend,
  signal: AbortSignal,
): Promise<boolean> {
  const { prepareLimitMs: limitMs = PREPARE_MS } = backend
  const { incarnation } = resource
  const limit = AbortSignal.timeout(limitMs)
  try {
    await backend.prepare?.({ runtime: row.runtime }, AbortSignal.any([signal, limit]))
    await transact(context.db, (tx) =>
      enterPhase(tx, row.id, { incarnation, from: ['pull'], to: 'start' }),
    )
  } catch (error) {
    if (signal.aborted) return false
    const timedOut = limit.aborted ? { phase: 'pull' as const, limitMs } : undefined
    await launchFailed(context, { row, resource }, { error, backend, timedOut }, signal)
  }
  return true
}

type LaunchFailure = {
  error: unknown
  backend: Backend
  timedOut: { phase: ProvisionPhase; limitMs: number } | undefined
}

async function launchFailed(
  context: StepContext,
  { row, resource }: Subject,
  { error, backend, timedOut }: LaunchFailure,
  signal: AbortSignal,
): Promise<void> {
  context.log.warn({ workspaceId: row.id, error }, 'a start failed')
  if (!timedOut) return transact(context.db, (tx) => failStart(tx, row, reasons.startFailed(error)))
  const lines = await lastLines(backend, resource, signal)
  await failLate(context, row, { ...timedOut, lines })
}

type Late = { phase: ProvisionPhase; limitMs: number; lines: string[] }

/** A phase took longer than it may: the reason names it, and carries what the workload said last. */
export async function failLate(
  context: StepContext,
  row: WorkspaceRow,
  { phase, limitMs, lines }: Late,
): Promise<void> {
  const limitS = limitMs / 1000
  const payload = {
    phase,
    timeout_secs: limitS,
    log_tail: redact(lines.join('\n')),
    source: 'provision_timeout_sweep',
  }
  const reason = reasons.provisionTimeout(phase, limitS, lines)
  await transact(context.db, (tx) => failStart(tx, row, reason, payload))
}
