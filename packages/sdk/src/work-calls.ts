import type { CompleteReply } from '@molecule/contract/host'
import type {
  CompleteWork,
  LeasedWork,
  LeaseWork,
  ReturnWork,
  StartWork,
} from '@molecule/contract/work'
import type { CallOptions, Requester } from './request.ts'

export function workCalls(request: Requester) {
  const path = (workspace: string, rest: string) =>
    `/workspaces/${encodeURIComponent(workspace)}/work/${rest}`
  const on = <Reply>(
    verb: 'start' | 'return' | 'complete',
    { workspace, task }: { workspace: string; task: string },
    body: object,
    call: CallOptions,
  ) =>
    request<Reply>({
      method: 'POST',
      path: path(workspace, `${encodeURIComponent(task)}/${verb}`),
      body,
      ...call,
    })
  return {
    /** Up to `limit` items that are due; waits up to `wait_s` seconds (≤ 25) for the first. */
    lease: (workspace: string, body: LeaseWork = {}, call: CallOptions = {}) =>
      request<LeasedWork>({ method: 'POST', path: path(workspace, 'lease'), body, ...call }),
    /** The lease does not run out from now on; say now and then that the work moves on: `tasks.progress`. */
    start: (of: { workspace: string; task: string }, body: StartWork, call: CallOptions = {}) =>
      on<{ started: true }>('start', of, body, call),
    /** Gives back an item that was not started; it is handed out again after `delay_s` seconds. */
    giveBack: (of: { workspace: string; task: string }, body: ReturnWork, call: CallOptions = {}) =>
      on<{ returned: true }>('return', of, body, call),
    /** The answer, or why there is none. Said again, it changes nothing. */
    complete: (
      of: { workspace: string; task: string },
      body: CompleteWork,
      call: CallOptions = {},
    ) => on<CompleteReply>('complete', of, body, call),
  }
}
