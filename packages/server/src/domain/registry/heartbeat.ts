import type { RegistryHeartbeat } from '@molecule/contract/registry'
import type { Reason } from '@molecule/contract/workspace'
import { dbNow, lockRow } from '../../db/dialect/dialect.ts'
import type { Db, Tx, WorkspaceRow } from '../../db/tables.ts'
import { transact } from '../../db/transact.ts'
import type { Heartbeats } from '../host/heartbeats.ts'
import type { PrincipalOf } from '../identity/principal.ts'
import { isExternal } from '../workspace/external.ts'
import { moveWorkspace } from '../workspace/workspace-status.ts'
import { type Report, reportOf } from './report.ts'
import { reportingWorkspace } from './reporting.ts'

const DEGRADED_FROM = 0.5
const HEALTHY_BELOW = 0.1

/** What an agent reports is written within a second; what changes its status at once. */
export async function hearAgent(
  { db, heartbeats }: { db: Db; heartbeats: Heartbeats },
  agent: PrincipalOf<'workspace'>,
  beat: RegistryHeartbeat,
): Promise<void> {
  const report = reportOf(beat)
  const row = await reportingWorkspace(db, agent, beat.workspace_id)
  if (moveFor(row, report))
    await transact(db, async (tx) => {
      await lockRow(tx, 'workspaces', row.id)
      await settle(tx, await reportingWorkspace(tx, agent, beat.workspace_id), report)
    })
  const { id: workspaceId, incarnation } = row
  heartbeats.report({ workspaceId, incarnation }, report, { isAlive: isExternal(row) })
}

/** From silence to degraded it takes two moves, each with its event. */
async function settle(tx: Tx, first: WorkspaceRow, report: Report): Promise<void> {
  let row: WorkspaceRow | undefined = first
  for (let move = moveFor(row, report); row && move; move = row && moveFor(row, report))
    row = await take(tx, row, move, report)
}

type Move = 'reportIn' | 'degrade' | 'recover'

/** Whether a workspace that we start is there is for its host to say; its programs say how well it does. */
function moveFor(row: WorkspaceRow, { errorRate, runtimeState }: Report): Move | undefined {
  const isWedged = runtimeState === 'wedged'
  if (row.status === 'online')
    return isWedged || (errorRate ?? 0) >= DEGRADED_FROM ? 'degrade' : undefined
  if (row.status === 'degraded')
    return !isWedged && (errorRate ?? row.errorRate ?? 0) < HEALTHY_BELOW ? 'recover' : undefined
  return isExternal(row) ? 'reportIn' : undefined
}

async function take(tx: Tx, row: WorkspaceRow, move: Move, report: Report) {
  const seen = { incarnation: row.incarnation }
  if (move === 'degrade')
    return moveWorkspace(tx, row.id, move, { ...report, failureReason: trouble(report) }, seen)
  if (move === 'recover')
    return moveWorkspace(tx, row.id, move, { ...report, failureReason: null }, seen)
  const back = { failureReason: null, provisionPhase: null, lastHeartbeatAt: await dbNow(tx) }
  return moveWorkspace(tx, row.id, move, { ...report, ...back }, seen)
}

function trouble({ errorRate, lastRuntimeError, runtimeState }: Report): Reason {
  const sample = lastRuntimeError ? ` It says: ${lastRuntimeError}` : ''
  if (runtimeState === 'wedged')
    return {
      code: 'agent_wedged',
      detail: `The agent reports that it is stuck.${sample}`,
      hint: 'Restart it where it runs; it counts as online again once it reports that it is well.',
    }
  const percent = Math.round((errorRate ?? 0) * 100)
  return {
    code: 'agent_errors',
    detail: `The agent reports that ${percent} % of its work fails.${sample}`,
    hint: 'Mend the cause; it counts as online again once less than 10 % fails.',
  }
}
