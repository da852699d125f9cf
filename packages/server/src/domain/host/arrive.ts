import type { Enrol } from '@molecule/contract/host'
import { dbNow, lockRow } from '../../db/dialect/dialect.ts'
import type { Db, WorkspaceRow } from '../../db/tables.ts'
import { transact } from '../../db/transact.ts'
import { beginOwnPrompts } from '../config/own-prompts.ts'
import { fenced, notFound } from '../error.ts'
import { mintCredential, revokeOfIncarnation } from '../identity/credential-store.ts'
import type { PrincipalOf } from '../identity/principal.ts'
import { completeAttemptIn } from '../task/task-attempt.ts'
import { hostsWorkspace } from '../task/task-lease.ts'
import { recordWaiting, releaseLogins } from '../task/task-waiting.ts'
import { wake } from '../wake.ts'
import { enterPhase } from '../workspace/workspace-phase.ts'
import { moveWorkspace } from '../workspace/workspace-status.ts'
import { workspaceById } from '../workspace/workspace-store.ts'

export type Enrolled = { workspace: WorkspaceRow; hostToken: string; agentToken: string }

/**
 * Exchanges the boot credential for a host's tokens, and takes what its journal says of attempts that ended while
 * nobody listened. Until the host uses its token it may enrol again; each time the tokens before are revoked.
 */
export async function enrolHost(
  db: Db,
  boot: PrincipalOf<'boot'>,
  enrol: Enrol,
): Promise<Enrolled> {
  return transact(db, async (tx) => {
    await lockRow(tx, 'workspaces', boot.workspaceId)
    if (enrol.incarnation !== boot.incarnation) throw fenced('this credential is for another start')
    await hostsWorkspace(tx, boot)
    const now = await dbNow(tx)
    const { workspaceId, incarnation, orgId } = boot
    const kinds = ['host', 'agent'] as const
    await revokeOfIncarnation(tx, { workspaceId, incarnation, kinds: [...kinds] }, now)
    const bound = { orgId, workspaceId, incarnation, now }
    const hostToken = await mintCredential(tx, { ...bound, kind: 'host' })
    const agentToken = await mintCredential(tx, { ...bound, kind: 'agent' })
    for (const report of enrol.journal) {
      if (report.state !== 'ended' || !report.outcome) continue
      const { state: _, outcome, ...end } = report
      await completeAttemptIn(tx, boot, { ...end, outcome }).catch(ignoreRefusal)
    }
    const workspace = await workspaceById(tx, workspaceId)
    if (!workspace) throw notFound('workspace', workspaceId)
    await enterPhase(tx, workspaceId, { incarnation, from: ['start', 'connect'], to: 'ready' })
    wake(tx, `ws:${workspaceId}`)
    return { workspace, hostToken, agentToken }
  })
}

/** A journal may speak of attempts that were handed over again or are forgotten: that is no reason to refuse a host. */
function ignoreRefusal(error: unknown): void {
  if (!(error instanceof Error && error.name === 'DomainError')) throw error
}

/** The first call with the host token ends the boot credential; a host that reports in makes its workspace online. */
export async function arrive(db: Db, host: PrincipalOf<'host'>): Promise<void> {
  const workspace = await hostsWorkspace(db, host)
  if (workspace.status === 'online' || workspace.status === 'degraded') return
  if (workspace.status === 'failed') throw fenced('this start has failed')
  await transact(db, async (tx) => {
    const now = await dbNow(tx)
    const { workspaceId, incarnation } = host
    await revokeOfIncarnation(tx, { workspaceId, incarnation, kinds: ['boot'] }, now)
    const change = { failureReason: null, provisionPhase: null, lastHeartbeatAt: now }
    const moved = await moveWorkspace(tx, workspaceId, 'reportIn', change, { incarnation })
    if (!moved) await hostsWorkspace(tx, host)
    await recordWaiting(tx, await releaseLogins(tx, workspaceId), 'system')
    if (moved) await beginOwnPrompts(tx, moved)
  })
}
