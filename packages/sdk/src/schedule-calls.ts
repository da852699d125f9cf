import type {
  CreateSchedule,
  PatchSchedule,
  Schedule,
  ScheduleFired,
  ScheduleHealth,
  ScheduleRun,
} from '@molecule/contract/schedule'
import type { CallOptions, Requester } from './request.ts'

type Key = { workspace: string; schedule: string }

/** Work that a workspace is asked for by the clock. */
export function scheduleCalls(request: Requester) {
  const all = (workspace: string) => `/workspaces/${encodeURIComponent(workspace)}/schedules`
  const one = ({ workspace, schedule }: Key) => `${all(workspace)}/${encodeURIComponent(schedule)}`
  return {
    list: (workspace: string, call: CallOptions = {}) =>
      request<Schedule[]>({ method: 'GET', path: all(workspace), ...call }),
    create: (workspace: string, body: CreateSchedule, call: CallOptions = {}) =>
      request<Schedule>({ method: 'POST', path: all(workspace), body, ...call }),
    update: (key: Key, body: PatchSchedule, call: CallOptions = {}) =>
      request<Schedule>({ method: 'PATCH', path: one(key), body, ...call }),
    remove: (key: Key, call: CallOptions = {}) =>
      request<void>({ method: 'DELETE', path: one(key), ...call }),
    /** Asks for its work now, whatever its time. */
    run: (key: Key, call: CallOptions = {}) =>
      request<ScheduleFired>({ method: 'POST', path: `${one(key)}/run`, ...call }),
    /** Its last 20 times, newest first. */
    history: (key: Key, call: CallOptions = {}) =>
      request<ScheduleRun[]>({ method: 'GET', path: `${one(key)}/history`, ...call }),
    /** Of one workspace, without what is asked; of all without an id. */
    health: (workspace?: string, call: CallOptions = {}) =>
      request<ScheduleHealth[]>({
        method: 'GET',
        path: workspace === undefined ? '/admin/schedules/health' : `${all(workspace)}/health`,
        ...call,
      }),
  }
}
