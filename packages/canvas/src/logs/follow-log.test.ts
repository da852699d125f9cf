import { MoleculeError } from '@molecule/sdk'
import { expect, test } from 'vitest'
import { followLog, type LogState, unread } from './follow-log.ts'

type Reading = { pieces: string[]; error?: Error }

const refusal = (status: number) =>
  new MoleculeError({
    type: 'about:blank',
    title: 'Refused',
    status,
    code: 'not_found',
    detail: 'no',
    hint: 'none',
    retryable: false,
    trace_id: '',
    error: 'no',
  })

/** Reads these one after another; the workspace runs until all are read. */
async function followed(readings: Reading[]) {
  const seen: LogState[] = [unread]
  const pauses: number[] = []
  let reads = 0
  await followLog(
    {
      async *read() {
        const reading = readings[reads++]
        yield* reading?.pieces ?? []
        if (reading?.error) throw reading.error
      },
      isRunning: () => reads < readings.length,
      show: (change) => seen.push(change(seen.at(-1) ?? unread)),
      schedule: (run) => {
        run()
        return () => {}
      },
      sleep: async (ms) => void pauses.push(ms),
      random: () => 0,
    },
    new AbortController().signal,
  )
  const texts = seen.map(({ log }) => log.lines.map(({ text }) => text))
  return { last: seen.at(-1), texts, phases: seen.map(({ phase }) => phase), pauses, reads }
}

test('the end of a stopped workspace is the end', async () => {
  const { last, texts, reads } = await followed([{ pieces: ['a\n', 'b\n'] }])

  expect(texts.at(-1)).toEqual(['a', 'b'])
  expect(last).toMatchObject({ phase: 'ended', error: null })
  expect(reads).toBe(1)
})

test('a stream that ended while the workspace runs is read anew; until then its lines stay', async () => {
  const { texts, phases } = await followed([{ pieces: ['old\n'] }, { pieces: ['new\n'] }])

  expect(phases).toContain('lost')
  expect(texts[phases.indexOf('lost')]).toEqual(['old'])
  expect(texts.at(-1)).toEqual(['new'])
})

test('a silent server is asked ever more rarely, and what is known stays', async () => {
  const gone = { pieces: [], error: refusal(0) }
  const { texts, pauses } = await followed([{ pieces: ['a\n'] }, gone, gone, gone])

  expect(texts.at(-1)).toEqual(['a'])
  expect(pauses).toEqual([250, 500, 1000])
})

test.each([401, 403, 404, 410])('a refusal with %i is not asked again', async (status) => {
  const { last, reads } = await followed([{ pieces: [], error: refusal(status) }, { pieces: [] }])

  expect(reads).toBe(1)
  expect(last).toMatchObject({ phase: 'ended', error: { status } })
})
