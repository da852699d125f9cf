import { randomUUID } from 'node:crypto'
import {
  CreateSchedule,
  PatchSchedule,
  Schedule,
  ScheduleFired,
  ScheduleHealth,
  ScheduleRun,
} from '@molecule/contract/schedule'
import { on, type Route, workspaceOf } from './contract-route.ts'
import { type ContractState, Refused } from './contract-state.ts'
import { scheduleRow } from './wire-rows.ts'

const scheduleOf = ({ schedules }: ContractState, id: string) => {
  const found = schedules.find((one) => one.id === id)
  if (found) return found
  throw new Refused(404, 'not_found', `schedule ${id} does not exist`)
}

const one = '/workspaces/[^/]+/schedules/:schedule'
const at = '2026-01-02T03:04:05.000Z'

export const scheduleRoutes: Route[] = [
  on('GET', '/workspaces/:id/schedules', ({ schedules }, _asked, id) => ({
    body: schedules.filter(({ workspace_id }) => workspace_id === id),
  })),
  on('POST', '/workspaces/:id/schedules', (state, { body }, id) => {
    workspaceOf(state, id)
    const name = `schedule ${state.schedules.length + 1}`
    const made = scheduleRow({ name, ...CreateSchedule.parse(body), workspace_id: id })
    state.schedules.push(made)
    return { status: 201, body: made }
  }),
  on('GET', '/admin/schedules/health', ({ schedules }) => ({
    body: schedules.map((each) => ScheduleHealth.parse(each)),
  })),
  on('PATCH', one, (state, { body }, id) => {
    const change = PatchSchedule.parse(body)
    const next_run_at = change.enabled === false ? null : at
    return { body: Schedule.parse({ ...scheduleOf(state, id), ...change, next_run_at }) }
  }),
  on('DELETE', one, (state, _asked, id) => {
    const gone = scheduleOf(state, id)
    state.schedules = state.schedules.filter((each) => each !== gone)
    return { status: 204 }
  }),
  on('POST', `${one}/run`, (state, _asked, id) => {
    scheduleOf(state, id)
    return { status: 202, body: ScheduleFired.parse({ task_id: randomUUID() }) }
  }),
  on('GET', `${one}/history`, (state, _asked, id) => {
    scheduleOf(state, id)
    const run = { slot_at: at, fired_at: at, outcome: 'fired', reason: '' }
    return { body: [ScheduleRun.parse({ ...run, task_id: randomUUID(), task_status: 'queued' })] }
  }),
]
