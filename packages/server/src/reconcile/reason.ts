import type { ProvisionPhase, Reason } from '@molecule/contract/workspace'
import { MISSING_ENV } from '../domain/secret/missing-env.ts'
import { tail } from '../lib/preview.ts'
import { redact } from '../lib/redact.ts'

const MAX_LOG = 1500

const withLog = (detail: string, lines: string[]) =>
  lines.length === 0
    ? detail
    : `${detail} Its last lines:\n${tail(redact(lines.join('\n')), MAX_LOG)}`

export const noBackend: Reason = {
  code: 'no_backend',
  detail: 'No backend is enabled, so nothing can be started.',
  hint: 'Set MOLECULE_BACKENDS, for example to "process", and restart the server.',
}

export const missingEnv = (missing: readonly string[], workspace: string): Reason => ({
  code: MISSING_ENV,
  detail: `It needs ${missing.join(', ')}, which neither its secrets nor its configuration have.`,
  hint: `Save it, and it starts by itself: \`molecule secret set ${missing[0]?.split(' ')[0]} --workspace "${workspace}"\`, or without --workspace for all.`,
})

export const startFailed = (error: unknown): Reason => ({
  code: 'start_failed',
  detail: `The agent host could not be started: ${redact(error instanceof Error ? error.message : String(error))}`,
  hint: 'It is tried again with growing pauses. Look at the machine: free memory, disk, process limit.',
})

export const hostEndedInStart = (lines: string[]): Reason => ({
  code: 'host_ended',
  detail: withLog('The agent host ended before it was ready.', lines),
  hint: 'It is tried again with growing pauses; restart the workspace once the cause is mended.',
})

export const hostEnded: Reason = {
  code: 'host_ended',
  detail: 'The agent host ended.',
  hint: 'It is started again by itself, and takes up what it was working on.',
}

export const crashLoop = (times: number, lines: string[]): Reason => ({
  code: 'crash_loop',
  detail: withLog(`The agent host ended ${times} times within a minute of its start.`, lines),
  hint: 'Mend what ends it, then restart the workspace: `molecule ws restart <name>`.',
})

export const provisionTimeout = (
  phase: ProvisionPhase,
  limitS: number,
  lines: string[],
): Reason => ({
  code: 'provision_timeout',
  detail: withLog(`The start did not get past "${phase}" within ${limitS} s.`, lines),
  hint: timeoutHints[phase],
})

const timeoutHints: Record<ProvisionPhase, string> = {
  pull: 'Pull the image by hand to see what is slow; what is there already is not pulled again.',
  start: 'Look at the backend: it took the order and did not carry it out.',
  connect: 'Check that the agent host can reach the server, then restart the workspace.',
  ready: 'The agent host reached the server and asked for no work: its log says what it does.',
}

export const noHeartbeat: Reason = {
  code: 'no_heartbeat',
  detail: 'The agent host runs and does not report.',
  hint: 'It is restarted after ten minutes of silence; restart it now with `molecule ws restart <name>`.',
}

export const stopUnproven: Reason = {
  code: 'stop_unproven',
  detail: 'It was asked to stop, and it could not be shown that nothing of it still runs.',
  hint: 'The stop is tried again by itself; `molecule resources` says what stands in its way.',
}

export const backendUnreachable: Reason = {
  code: 'backend_unreachable',
  detail: 'The backend does not say whether the agent host still runs.',
  hint: 'Nothing is stopped meanwhile. Look at the backend.',
}

export const agentSilent = (silentMs: number): Reason => ({
  code: 'no_heartbeat',
  detail: `The agent has not reported for ${Math.round(silentMs / 1000)} s.`,
  hint: 'Start it again where it runs, or see why it does not reach this server. What it is asked meanwhile is kept.',
})
