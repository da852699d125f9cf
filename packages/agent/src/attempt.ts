import type { LeasedAttempt } from '@molecule/contract/host'
import { type OutputBuffer, outputBuffer } from './output-buffer.ts'
import { type ToolTrace, toolTrace } from './tool-trace.ts'

/** Why an attempt is ended before its program is done. */
export type StopCause = 'canceled' | 'interrupted'

/** One attempt in the hands of this host. */
export type Attempt = {
  readonly leased: LeasedAttempt
  /** What it is to be worked on with, at least. */
  readonly configVersion: number
  /** Raised when the same attempt is handed out again before it was started. */
  fence: number
  phase: 'leased' | 'running' | 'ended'
  hasProgressed: boolean
  readonly output: OutputBuffer
  readonly tools: ToolTrace
  /** Aborted with a `StopCause`. */
  readonly stop: AbortController
}

export const newAttempt = (leased: LeasedAttempt, configVersion: number): Attempt => ({
  leased,
  configVersion,
  fence: leased.fence,
  phase: 'leased',
  hasProgressed: false,
  output: outputBuffer(),
  tools: toolTrace(),
  stop: new AbortController(),
})
