import { expect, test } from 'vitest'
import { addressOf, home, type Place, placeOf } from './place.ts'

test.each<Place>([
  { page: 'login' },
  home,
  { ...home, selected: 'a b&c' },
  { ...home, selected: 'x', tab: 'work', task: 't' },
  { ...home, selected: 'x', tab: 'about', view: 'list' },
])('the place %j survives its address', (place) => {
  const { pathname, search } = new URL(addressOf(place), 'http://localhost')

  expect(placeOf({ pathname, search })).toEqual(place)
})

test('an address that makes no sense leads to the chart', () => {
  expect(placeOf({ pathname: '/', search: '?tab=shell&view=3d' })).toEqual(home)
})
