import { Schedule } from '@molecule/contract/schedule'
import { expect, test } from 'vitest'
import { shownTo } from '../testing/shown.tsx'
import { ScheduleItem } from './ScheduleItem.tsx'

const at = '2026-01-02T09:00:00.000Z'
const given = (part: Partial<Schedule> = {}): Schedule =>
  Schedule.parse({
    id: crypto.randomUUID(),
    workspace_id: crypto.randomUUID(),
    name: 'stand-up',
    enabled: true,
    status: 'ok',
    last_run_at: at,
    next_run_at: at,
    last_status: 'ok',
    run_count: 1,
    cron_expr: '0 9 * * 1-5',
    timezone: 'Europe/Berlin',
    prompt: 'What is next?',
    source: 'runtime',
    misfire: 'once',
    busy: 'skip',
    paused: 'skip',
    report_to: null,
    last_task_id: crypto.randomUUID(),
    last_error: '',
    created_at: at,
    updated_at: at,
    ...part,
  })

const shown = (part: Partial<Schedule>, role: 'operator' | 'viewer' = 'operator') =>
  shownTo(role, <ScheduleItem schedule={given(part)} onChanged={() => {}} />)

test('a schedule says what it asks, when, and where its last work is', () => {
  const html = shown({})

  for (const words of [
    'stand-up',
    '0 9 * * 1-5',
    'What is next?',
    'next in',
    'last task',
    'Run now',
  ])
    expect(html).toContain(words)
  expect(html).not.toContain('Skipped')
})

test('a time that brought no work says why, one that is off can be turned on, and who may only read presses nothing', () => {
  const skipped = { last_status: 'skipped', last_error: 'the workspace is paused' } as const

  expect(shown(skipped)).toContain('Skipped last: the workspace is paused.')
  expect(shown({ status: 'stale' })).toContain('more than twice its time')
  expect(shown({ enabled: false, next_run_at: null })).toContain('Turn on')
  expect(shown({}, 'viewer')).toContain('aria-disabled="true"')
})
