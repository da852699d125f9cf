import type {
  Activity,
  ActivityType,
  LoggedActivity,
  Notified,
  Notify,
  ReportActivity,
} from '@molecule/contract/activity'
import type { CallOptions, Requester } from './request.ts'

export type ActivityQuery = {
  type?: ActivityType
  source?: 'canvas' | 'agent'
  method?: string
  peer_id?: string
  limit?: number
  /** Strictly after this entry, oldest first; otherwise newest first. One that is gone: `gone`. */
  since_id?: string
  /** Strictly before this entry. */
  before_id?: string
  since_secs?: number
  before_ts?: string
  include?: 'peer_info'
  wait?: number
}

/** The log of a workspace, and what its agent adds to it. */
export function activityCalls(request: Requester) {
  const path = (id: string, rest: string) => `/workspaces/${encodeURIComponent(id)}${rest}`
  return {
    activity: (id: string, query: ActivityQuery = {}, call: CallOptions = {}) =>
      request<Activity[]>({ method: 'GET', path: path(id, '/activity'), query, ...call }),
    /** One entry with all of its texts. */
    activityEntry: (id: string, entry: string, call: CallOptions = {}) =>
      request<Activity>({
        method: 'GET',
        path: path(id, `/activity/${encodeURIComponent(entry)}`),
        ...call,
      }),
    reportActivity: (
      id: string,
      body: Partial<ReportActivity> & Pick<ReportActivity, 'activity_type'>,
      call: CallOptions = {},
    ) => request<LoggedActivity>({ method: 'POST', path: path(id, '/activity'), body, ...call }),
    /** Says something to the people, unasked. */
    notify: (id: string, body: Notify, call: CallOptions = {}) =>
      request<Notified>({ method: 'POST', path: path(id, '/notify'), body, ...call }),
    /** Entries that hold the words, newest first. */
    searchActivity: (id: string, query: { q: string; limit?: number }, call: CallOptions = {}) =>
      request<Activity[]>({ method: 'GET', path: path(id, '/session-search'), query, ...call }),
  }
}
