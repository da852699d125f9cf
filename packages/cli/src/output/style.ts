export type Tone = 'good' | 'bad' | 'warn' | 'busy' | 'dim' | 'bold'
export type Style = (tone: Tone, text: string) => string

const sgr: Record<Tone, readonly [number, number]> = {
  good: [32, 39],
  bad: [31, 39],
  warn: [33, 39],
  busy: [36, 39],
  dim: [2, 22],
  bold: [1, 22],
}

/** Colors on a terminal only, and never against NO_COLOR. */
export const styleFor = (hasColor: boolean): Style =>
  hasColor
    ? (tone, text) => `\u001b[${sgr[tone][0]}m${text}\u001b[${sgr[tone][1]}m`
    : (_tone, text) => text

const tones: Record<string, Tone> = {
  online: 'good',
  completed: 'good',
  ok: 'good',
  provisioning: 'busy',
  dispatched: 'busy',
  in_progress: 'busy',
  queued: 'busy',
  hibernating: 'busy',
  awaiting_agent: 'busy',
  degraded: 'warn',
  offline: 'warn',
  warn: 'warn',
  failed: 'bad',
  stuck: 'bad',
  fail: 'bad',
  error: 'bad',
  timeout: 'bad',
}

export const toneOf = (status: string): Tone => tones[status] ?? 'dim'
