import type { Task } from '@molecule/contract/task'
import type { Workspace } from '@molecule/contract/workspace'
import type { Client } from '@molecule/sdk'
import type { Review } from '../finding.ts'
import { reviewRequest } from '../request.ts'
import { parseReview } from './answer.ts'
import { type Patience, patiently } from './patience.ts'

export type Lead = { client: Client; workspaceId: string; taskId: string; patience: Patience }

/** What became of one specialist's part: a review, or the reason why there is none. */
export type Part = { specialist: string; attempts: number } & ({ review: Review } | { gap: string })

/** Seconds one look at a task waits for its end. */
const lookWaitSeconds = 25

/** The plan: every workspace below the lead has a part of the review. */
export async function planTeam({ client, workspaceId, patience }: Lead): Promise<Workspace[]> {
  const visible = await patiently((signal) => client.workspaces.list({ signal }), patience)
  const team = visible.filter((workspace) => workspace.parent_id === workspaceId)
  if (team.length > 0) return team
  throw new Error('There is no specialist below this lead: add a workspace to it, then ask again.')
}

/** Hands one part to a specialist and waits for it as long as it takes. */
export async function delegatePart(lead: Lead, member: Workspace, folder: string): Promise<Part> {
  const { client, workspaceId, taskId, patience } = lead
  const { delegation_id } = await patiently(
    (signal) =>
      client.workspaces.delegate(
        workspaceId,
        {
          target_id: member.id,
          task: reviewRequest(member.role ?? member.name, folder),
          parent_task_id: taskId,
          // Without the attempt: a lead that starts again joins the work it asked for before.
          idempotency_key: `${taskId}:${member.id}`,
        },
        { signal },
      ),
    patience,
  )
  patience.say(`${member.name}: asked`)
  const task = await untilEnded(lead, delegation_id)
  const part = partOf(member.name, task)
  patience.say(`${member.name}: ${'gap' in part ? part.gap : summary(part.review)}`)
  return part
}

async function untilEnded({ client, patience }: Lead, id: string): Promise<Task> {
  for (;;) {
    const task = await patiently(
      (signal) => client.tasks.get(id, { wait: lookWaitSeconds }, { signal }),
      patience,
    )
    if (task.ended_at !== null) return task
  }
}

function partOf(specialist: string, task: Task): Part {
  const attempts = Math.max(task.attempts.length, task.attempt)
  if (task.status !== 'completed') {
    const reason = task.error ? `: ${task.error.detail}` : ''
    return { specialist, attempts, gap: `its task ended as ${task.status}${reason}` }
  }
  const review = parseReview(task.result ?? '')
  if (review) return { specialist, attempts, review }
  return { specialist, attempts, gap: 'its answer is not a review' }
}

const summary = ({ findings }: Review) =>
  findings.length === 1 ? '1 finding' : `${findings.length} findings`
