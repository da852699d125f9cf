import type { Notify, ReportActivity } from '@molecule/contract/activity'
import type { WorkspaceId } from '@molecule/contract/id'
import { dbNow } from '../../db/dialect/dialect.ts'
import type { Db, Tx, WorkspaceRow } from '../../db/tables.ts'
import { transact } from '../../db/transact.ts'
import { preview } from '../../lib/preview.ts'
import { redact } from '../../lib/redact.ts'
import { DomainError, notFound } from '../error.ts'
import { recordWorkspace } from '../event/record.ts'
import { actorOf, type Principal, scopeOf } from '../identity/principal.ts'
import { findWorkspace } from '../workspace/workspace-store.ts'
import { logActivity } from './activity-log.ts'

const SUMMARY_LENGTH = 256
/** What an event carries of a message; the log has all of it. */
const EVENT_CHARS = 8000

/** What an agent says it did. It can speak only of itself, and no secret that it wrote down is kept. */
export async function reportActivity(
  db: Db,
  principal: Principal,
  id: WorkspaceId,
  report: ReportActivity,
): Promise<string> {
  if (report.source_id && report.source_id !== id)
    throw new DomainError('forbidden', 'an activity is reported by the workspace that it is of', {
      hint: 'Leave source_id out, or name the workspace itself.',
    })
  const request = report.request_body ?? report.metadata ?? null
  return transact(db, async (tx) => {
    const workspace = await live(tx, principal, id)
    return logActivity(tx, {
      workspaceId: id,
      orgId: workspace.orgId,
      direction: 'own',
      type: report.activity_type,
      sourceKind: 'workspace',
      sourceId: id,
      targetId: report.target_id ?? null,
      method: report.method,
      summary: redact(report.summary),
      status: report.status,
      errorDetail: report.error_detail ? redact(report.error_detail) : null,
      durationMs: report.duration_ms ?? null,
      taskId: null,
      createdAt: await dbNow(tx),
      bodies: {
        request: clean(request),
        response: clean(report.response_body ?? null),
        toolTrace: clean(report.tool_trace ?? null),
      },
    })
  })
}

/** What an agent says to the people, unasked: kept in its log, and told to everybody who watches. */
export async function notifyPeople(
  db: Db,
  principal: Principal,
  id: WorkspaceId,
  { message, attachments = [] }: Notify,
): Promise<string> {
  return transact(db, async (tx) => {
    const workspace = await live(tx, principal, id)
    const said = redact(message)
    const parts = attachments.map((file) => ({ kind: 'file', file }))
    const activityId = await logActivity(tx, {
      workspaceId: id,
      orgId: workspace.orgId,
      direction: 'out',
      type: 'a2a_send',
      sourceKind: 'workspace',
      sourceId: id,
      targetId: null,
      method: 'notify',
      summary: preview(said, SUMMARY_LENGTH),
      status: 'ok',
      errorDetail: null,
      durationMs: null,
      taskId: null,
      createdAt: await dbNow(tx),
      bodies: {
        request: null,
        response: { result: said, text: said, ...(parts.length > 0 ? { parts } : {}) },
        toolTrace: null,
      },
    })
    await recordWorkspace(tx, 'AGENT_MESSAGE', workspace, {
      actor: actorOf(principal),
      payload: {
        activity_id: activityId,
        name: workspace.name,
        message: preview(said, EVENT_CHARS),
        ...(attachments.length > 0 ? { attachments } : {}),
      },
    })
    return activityId
  })
}

async function live(tx: Tx, principal: Principal, id: WorkspaceId): Promise<WorkspaceRow> {
  const row = await findWorkspace(tx, scopeOf(principal), id)
  if (!row || row.desiredState === 'removed') throw notFound('workspace', id)
  return row
}

/** Secrets stand in strings, and none of the shapes takes a quote: the document stays one. */
const clean = <T extends object>(body: T | null): T | null =>
  body === null ? null : (JSON.parse(redact(JSON.stringify(body))) as T)
