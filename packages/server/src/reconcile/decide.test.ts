import { expect, test } from 'vitest'
import type { ResourceRow, WorkspaceRow } from '../db/tables.ts'
import { decide, type Facts, SILENT_MS, SILENT_RESTART_MS } from './decide.ts'

const NOW = 1_000_000_000

const row = (change: Partial<WorkspaceRow> = {}) =>
  ({
    status: 'online',
    desiredState: 'running',
    generation: 1,
    observedGeneration: 1,
    restartGeneration: 1,
    startedGeneration: 1,
    incarnation: 1,
    nextStartAt: null,
    provisionStartedAt: NOW,
    purgeRequestedAt: null,
    purgedAt: null,
    nextPurgeAt: null,
    lastHeartbeatAt: NOW,
    updatedAt: NOW,
    ...change,
  }) as WorkspaceRow

const resource = (change: Partial<ResourceRow> = {}) =>
  ({
    incarnation: 1,
    confirmedAt: NOW,
    nextStopAt: null,
    leakSuspectAt: null,
    ...change,
  }) as ResourceRow

const facts = (change: Partial<Facts>): Facts => ({
  row: row(),
  open: [resource()],
  observed: 'running',
  now: NOW,
  isDraining: false,
  provisionTimeoutMs: 60_000,
  silentAfterMs: SILENT_MS,
  silenceCounts: true,
  ...change,
})

/** One whose agent somebody else runs: no start of ours, nothing open. */
const elsewhere = (change: Partial<WorkspaceRow>): Partial<Facts> => ({
  row: row({ backend: 'external', incarnation: 0, ...change }),
  open: [],
  observed: 'none',
})

const table: [string, Partial<Facts>, string][] = [
  ['it runs as wished', {}, 'nothing'],
  ['it was never begun', { row: row({ incarnation: 0, startedGeneration: 0 }), open: [] }, 'begin'],
  ['a restart is wished', { row: row({ generation: 2, restartGeneration: 2 }) }, 'begin'],
  ['its host ended', { observed: 'absent' }, 'bury'],
  ['nothing of it is left', { row: row({ status: 'offline' }), open: [] }, 'begin'],
  [
    'its next start is not due',
    { row: row({ status: 'offline', nextStartAt: NOW + 1 }), open: [] },
    'nothing',
  ],
  [
    'a failed start is due again',
    { row: row({ status: 'failed', nextStartAt: NOW }), open: [] },
    'begin',
  ],
  [
    'LC-58: a failure that waits for a person stays parked',
    { row: row({ status: 'failed' }), open: [] },
    'nothing',
  ],
  ['a failed start left its host', { row: row({ status: 'failed' }) }, 'stop'],
  [
    'the intent is written, the start is not confirmed',
    { open: [resource({ confirmedAt: null })] },
    'launch',
  ],
  [
    'the former start is not proven gone',
    {
      row: row({ incarnation: 2 }),
      open: [resource(), resource({ incarnation: 2, confirmedAt: null })],
    },
    'stop',
  ],
  [
    'the former start is a leak suspect whose stop is not due',
    {
      row: row({ incarnation: 2 }),
      open: [
        resource({ leakSuspectAt: NOW, nextStopAt: NOW + 1 }),
        resource({ incarnation: 2, confirmedAt: null }),
      ],
    },
    'launch',
  ],
  [
    'the former start could not be stopped yet and its next stop is not due',
    {
      row: row({ incarnation: 2 }),
      open: [resource({ nextStopAt: NOW + 1 }), resource({ incarnation: 2, confirmedAt: null })],
    },
    'nothing',
  ],
  [
    'its host ended and what it left could not be stopped: a leak suspect blocks no new start',
    {
      row: row({ status: 'offline' }),
      observed: 'absent',
      open: [resource({ leakSuspectAt: NOW, nextStopAt: NOW + 1 })],
    },
    'begin',
  ],
  ['the backend does not answer', { observed: 'unknown' }, 'nothing'],
  [
    'the backend does not answer and the host is silent: unknown is not dead',
    { observed: 'unknown', row: row({ lastHeartbeatAt: NOW - SILENT_MS - 1 }) },
    'goSilent',
  ],
  ['its host is silent', { row: row({ lastHeartbeatAt: NOW - SILENT_MS - 1 }) }, 'goSilent'],
  [
    'LC-13: silence after a gap of our own is not held against it',
    { row: row({ lastHeartbeatAt: NOW - SILENT_MS - 1 }), silenceCounts: false },
    'nothing',
  ],
  [
    'it was silent for ten minutes',
    { row: row({ status: 'offline', lastHeartbeatAt: NOW - SILENT_RESTART_MS - 1 }) },
    'begin',
  ],
  [
    'its start takes too long',
    { row: row({ status: 'provisioning', provisionStartedAt: NOW - 60_001 }) },
    'timeout',
  ],
  ['a change needs no start', { row: row({ generation: 2 }) }, 'observe'],
  ['it is to be removed and runs', { row: row({ desiredState: 'removed' }) }, 'stop'],
  [
    'it is to be removed and is gone',
    { row: row({ desiredState: 'removed' }), open: [] },
    'remove',
  ],
  [
    'a removed one whose stop is unproven is not forgotten, and does not block its row',
    {
      row: row({ desiredState: 'removed' }),
      open: [resource({ leakSuspectAt: NOW, nextStopAt: NOW + 1 })],
    },
    'remove',
  ],
  [
    'it is removed',
    { row: row({ desiredState: 'removed', status: 'removed' }), open: [] },
    'nothing',
  ],
  ['an agent elsewhere reports', elsewhere({}), 'nothing'],
  ['it is silent', elsewhere({ lastHeartbeatAt: NOW - SILENT_MS - 1 }), 'awaitAgent'],
  [
    'it is silent, and so were we',
    { ...elsewhere({ lastHeartbeatAt: NOW - SILENT_MS - 1 }), silenceCounts: false },
    'nothing',
  ],
  ['it has not come yet', elsewhere({ status: 'awaiting_agent', lastHeartbeatAt: 0 }), 'nothing'],
  [
    'LC-16: it is wanted again',
    elsewhere({ status: 'paused', restartGeneration: 2 }),
    'awaitAgent',
  ],
  ['its name has changed', elsewhere({ generation: 2 }), 'observe'],
  ['it is to be paused: there is nothing to stop', elsewhere({ desiredState: 'paused' }), 'rest'],
  [
    'its pause ended before it was seen, and it never left',
    elsewhere({ generation: 3, restartGeneration: 3 }),
    'observe',
  ],
  ['it is to be removed', elsewhere({ desiredState: 'removed' }), 'remove'],
  ['the server goes down, and it does not', { ...elsewhere({}), isDraining: true }, 'nothing'],
  ['it is to be paused and runs', { row: row({ desiredState: 'paused' }) }, 'stop'],
  [
    'it is to be paused and the backend does not answer: the stop is what finds out',
    { row: row({ desiredState: 'paused' }), observed: 'unknown' },
    'stop',
  ],
  ['it is to be paused and is gone', { row: row({ desiredState: 'paused' }), open: [] }, 'rest'],
  [
    'it is to be paused and failed before: nothing of it is left',
    { row: row({ desiredState: 'paused', status: 'failed' }), open: [] },
    'rest',
  ],
  [
    'it is to be paused and its stop is unproven: the status stays, also of a leak suspect',
    {
      row: row({ desiredState: 'paused' }),
      open: [resource({ leakSuspectAt: NOW, nextStopAt: NOW + 1 })],
    },
    'nothing',
  ],
  [
    'it is paused and its wish was changed',
    { row: row({ desiredState: 'paused', status: 'paused', generation: 2 }), open: [] },
    'observe',
  ],
  ['it is paused', { row: row({ desiredState: 'paused', status: 'paused' }), open: [] }, 'nothing'],
  [
    'a pause ended before its stop was proven: it is started afresh',
    { row: row({ generation: 3, restartGeneration: 3 }), observed: 'absent' },
    'begin',
  ],
  ['it is to hibernate and runs', { row: row({ desiredState: 'hibernated' }) }, 'doze'],
  [
    'it is hibernating and still runs',
    { row: row({ desiredState: 'hibernated', status: 'hibernating' }) },
    'stop',
  ],
  [
    'it is hibernating and gone',
    { row: row({ desiredState: 'hibernated', status: 'hibernating' }), open: [] },
    'rest',
  ],
  [
    'it slept, was paused, and is to sleep on',
    { row: row({ desiredState: 'hibernated', status: 'paused' }), open: [] },
    'rest',
  ],
  [
    'it is hibernated and woken',
    { row: row({ status: 'hibernated', generation: 3, restartGeneration: 3 }), open: [] },
    'begin',
  ],
  [
    'it is removed and what it stored is to go',
    { row: row({ desiredState: 'removed', status: 'removed', purgeRequestedAt: NOW }), open: [] },
    'purge',
  ],
  [
    'it is removed, and what may still run may still write',
    {
      row: row({ desiredState: 'removed', status: 'removed', purgeRequestedAt: NOW }),
      open: [resource({ leakSuspectAt: NOW, nextStopAt: NOW + 1 })],
    },
    'nothing',
  ],
  [
    'its purge failed and the next try is not due',
    {
      row: row({
        desiredState: 'removed',
        status: 'removed',
        purgeRequestedAt: NOW,
        nextPurgeAt: NOW + 1,
      }),
      open: [],
    },
    'nothing',
  ],
  [
    'it is purged',
    {
      row: row({
        desiredState: 'removed',
        status: 'removed',
        purgeRequestedAt: NOW,
        purgedAt: NOW,
      }),
      open: [],
    },
    'nothing',
  ],
  [
    'the server goes down with its agents, and this one was to be paused anyway',
    { isDraining: true, row: row({ desiredState: 'paused' }), open: [] },
    'rest',
  ],
  ['the server goes down with its agents', { isDraining: true }, 'stop'],
  ['all agents are down', { isDraining: true, open: [] }, 'nothing'],
]

test.each(table)('%s → %3$s', (_, change, step) => {
  expect(decide(facts(change)).do).toBe(step)
})
