import { Activity } from '@molecule/contract/activity'
import { preview } from '../../lib/preview.ts'
import type { FullActivity } from './activity-store.ts'

/** What a list shows of a text; the entry itself has all of it. */
const LISTED_CHARS = 32_000

type Body = Record<string, unknown>

/** One entry. In a list a long text is cut, and the entry says so. */
export function activityToWire(row: FullActivity, { isListed = false } = {}): Activity {
  const texts = {
    request: row.request ?? requestOf(row),
    response: row.response ?? responseOf(row),
  }
  const request = isListed ? shorten(texts.request) : { body: texts.request, isCut: false }
  const response = isListed ? shorten(texts.response) : { body: texts.response, isCut: false }
  return Activity.parse({
    id: row.id,
    workspace_id: row.workspaceId,
    seq: row.seq,
    activity_type: row.type,
    direction: row.direction,
    source_id: row.sourceId,
    source_kind: row.sourceKind,
    target_id: row.targetId,
    method: row.method,
    summary: row.summary,
    status: row.status,
    error_detail: row.errorDetail,
    duration_ms: row.durationMs,
    task_id: row.taskId,
    request_body: withMessage(row, request.body, isListed),
    response_body: response.body,
    tool_trace: row.toolTrace,
    is_cut: request.isCut || response.isCut,
    data: {
      source: row.sourceId ? 'agent' : 'canvas',
      source_id: row.sourceId,
      text: preview(wordsOf(row), LISTED_CHARS),
    },
    created_at: new Date(row.createdAt).toISOString(),
  })
}

/** What came to a workspace also stands where pollers of A2A look for it, its part named both by `kind` and by `type`. */
function withMessage(row: FullActivity, body: Body | null, isListed: boolean): Body | null {
  if (row.direction !== 'in' || row.request !== null) return body
  const said = wordsOf(row)
  const isCut = isListed && said.length > LISTED_CHARS
  const whole = `GET /workspaces/${row.workspaceId}/activity/${row.id}`
  const text = isCut ? `${preview(said, LISTED_CHARS)}\n[Cut here. ${whole} has all of it.]` : said
  const parts = [{ kind: 'text', type: 'text', text }]
  return { ...body, params: { message: { messageId: row.taskId ?? row.id, role: 'user', parts } } }
}

/** What the entry says to its reader. */
function wordsOf(row: FullActivity): string {
  const said =
    row.method === 'delegate_result'
      ? (row.response?.text ?? row.resultText ?? row.errorDetail)
      : (row.requestText ?? row.response?.text ?? row.summary)
  return String(said ?? '')
}

const requestOf = ({ method, taskId, requestText }: FullActivity): Body | null => {
  if (method === 'delegate_result') return { delegation_id: taskId }
  return requestText === null ? null : { text: requestText, task_id: taskId }
}

const responseOf = ({ method, taskId, resultText }: FullActivity): Body | null => {
  if (resultText === null) return null
  const named = method === 'delegate_result' ? { delegation_id: taskId } : { task_id: taskId }
  return { text: resultText, ...named }
}

function shorten(body: Body | null): { body: Body | null; isCut: boolean } {
  if (body === null) return { body, isCut: false }
  if (typeof body.text === 'string' && body.text.length > LISTED_CHARS)
    return { body: { ...body, text: preview(body.text, LISTED_CHARS) }, isCut: true }
  const written = JSON.stringify(body)
  if (written.length <= LISTED_CHARS) return { body, isCut: false }
  return { body: { text: preview(written, LISTED_CHARS) }, isCut: true }
}
