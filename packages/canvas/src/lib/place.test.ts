import { expect, test } from 'vitest'
import { addressOf, home, type Place, placeOf, wholeLog } from './place.ts'

test.each<Place>([
  { page: 'login' },
  home,
  { ...home, selected: 'a b&c' },
  { ...home, selected: 'x', tab: 'work', task: 't' },
  { ...home, selected: 'x', tab: 'about', view: 'list' },
  { page: 'settings', section: 'people' },
  { ...home, selected: 'x', tab: 'logs' },
  { page: 'settings', section: 'secrets' },
  { page: 'settings', section: 'resources' },
  { page: 'audit', lens: wholeLog },
  { page: 'board', of: undefined },
  { page: 'board', of: 'a workspace' },
  {
    page: 'audit',
    lens: { ...wholeLog, actor: 'user:a b', action: 'secret', from: '2026-01-01T00:00:00.000Z' },
  },
])('the place %j survives its address', (place) => {
  const { pathname, search } = new URL(addressOf(place), 'http://localhost')

  expect(placeOf({ pathname, search })).toEqual(place)
})

test('an address that makes no sense leads to the chart', () => {
  expect(placeOf({ pathname: '/', search: '?tab=shell&view=3d' })).toEqual(home)
  expect(placeOf({ pathname: '/canvas/settingsx', search: '' })).toEqual(home)
})

test('settings without a known section show the first', () => {
  const people: Place = { page: 'settings', section: 'people' }

  expect(placeOf({ pathname: '/canvas/settings', search: '' })).toEqual(people)
  expect(placeOf({ pathname: '/canvas/settings/colours', search: '' })).toEqual(people)
})
