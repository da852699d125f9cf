import { afterAll } from 'vitest'

/** What a test file may not leave running behind it. The test runner itself uses none of these. */
const guarded = new Set([
  'ChildProcess',
  'FSEventWrap',
  'PipeServerWrap',
  'ProcessWrap',
  'StatWatcher',
  'TCPServerWrap',
  'TTYWrap',
  'Timeout',
  'Worker',
])
/** Long for a busy machine; only a file that does leak waits it out. */
const settleMs = 10_000
const lookEveryMs = 20

const leaks = () => process.getActiveResourcesInfo().filter((resource) => guarded.has(resource))
const before = leaks().length

afterAll(async () => {
  const giveUpAt = Date.now() + settleMs
  while (leaks().length > before && Date.now() < giveUpAt) {
    await new Promise((resolve) => setTimeout(resolve, lookEveryMs))
  }
  if (leaks().length > before) {
    throw new Error(
      `this file leaks: ${leaks().join(', ')} still open ${settleMs / 1000} s after its tests`,
    )
  }
})
