import { expect, test } from 'vitest'
import { wholeLog } from '../lib/place.ts'
import { endsBeforeItBegins, isoOf, isWhole, localInput, pageSize, queryOf } from './lens.ts'

test('the server is asked only for what is set', () => {
  expect(queryOf(wholeLog)).toEqual({ limit: pageSize })
  expect(queryOf({ ...wholeLog, action: 'secret', entity: 'x' })).toEqual({
    action: 'secret',
    entity_id: 'x',
    limit: pageSize,
  })
  expect([isWhole(wholeLog), isWhole({ ...wholeLog, to: 'x' })]).toEqual([true, false])
})

test('a moment survives the input of date and time to the minute; nonsense becomes nothing', () => {
  const moment = '2026-03-01T12:34:00.000Z'

  expect(isoOf(localInput(moment))).toBe(moment)
  expect(localInput('yesterday')).toBe('')
  expect(isoOf('')).toBeUndefined()
})

test('a time that ends before it begins is noticed', () => {
  const [early, late] = ['2026-03-01T12:00:00.000Z', '2026-03-02T12:00:00.000Z']

  expect(endsBeforeItBegins({ ...wholeLog, from: late, to: early })).toBe(true)
  expect(endsBeforeItBegins({ ...wholeLog, from: early, to: late })).toBe(false)
  expect(endsBeforeItBegins({ ...wholeLog, from: late })).toBe(false)
})
