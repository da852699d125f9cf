import type { Reason } from '@molecule/contract/workspace'
import { redact } from '../../lib/redact.ts'

/** What an agent host says of a failure holds the end of a program's error output, and with it whatever that printed. */
export const redactReason = ({ code, detail, hint }: Reason): Reason => ({
  code,
  detail: redact(detail),
  hint: redact(hint),
})

export const canceled: Reason = {
  code: 'canceled',
  detail: 'The task was canceled.',
  hint: 'Ask again if the work is wanted after all.',
}

export const superseded: Reason = {
  code: 'superseded',
  detail: 'An earlier attempt delivered its result before this one began.',
  hint: 'Nothing to do.',
}

export const reassigned: Reason = {
  code: 'reassigned',
  detail: 'The task was given to another workspace before this attempt began.',
  hint: 'Nothing to do.',
}

export const unexplained: Reason = {
  code: 'failed',
  detail: 'The agent failed without giving a reason.',
  hint: 'Read the output of the task.',
}

export const askedBack = (question: string): Reason => ({
  code: 'input_required',
  detail: question,
  hint: 'Answer it (molecule task answer, or in the canvas), and the work goes on.',
})

export const callLost: Reason = {
  code: 'outcome_unknown',
  detail: 'The call to the agent broke off after it was sent: it may have done the work, or not.',
  hint: 'Ask the agent. A task is sent once only, so ask again if it is to be done anew. An agent that answers at once with a task of its own can be asked after a break.',
}

export const deadLetter = (times: number): Reason => ({
  code: 'dead_letter',
  detail: `It was handed over ${times} times, and never completed, started or given back for good.`,
  hint: 'Look at the agent that takes this work: it dies on it, or forgets it. Then ask again.',
})

export const lost: Reason = {
  code: 'agent_lost',
  detail: 'The agent ended while it worked on this.',
  hint: 'It is tried again by itself; the log of the workspace says how it ended.',
}

export const interrupted: Reason = {
  code: 'interrupted',
  detail: 'The workspace was stopped or restarted before this was done.',
  hint: 'It is tried again by itself.',
}

export const canceledWithAgent: Reason = {
  code: 'canceled',
  detail: 'The task was canceled and its agent has ended.',
  hint: 'Ask again if the work is wanted after all.',
}

export const unproven: Reason = {
  code: 'outcome_unknown',
  detail: 'Its agent could not be proven ended, so the work may still go on.',
  hint: 'Look at the machine for what is left, then ask again.',
}

export const exhausted = (times: number): Reason => ({
  code: 'attempts_exhausted',
  detail: `The agent ended ${times} times while it worked on this.`,
  hint: 'Read the log of the workspace for how it ended, mend it, then ask again.',
})
