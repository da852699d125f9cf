export const tabs = ['chat', 'work', 'about'] as const
export type Tab = (typeof tabs)[number]

export const views = ['chart', 'list'] as const
export type View = (typeof views)[number]

/** Where in the page somebody is; every place has an address. */
export type Place =
  | { page: 'login' }
  | {
      page: 'canvas'
      selected: string | undefined
      tab: Tab
      task: string | undefined
      view: View | undefined
    }

export type CanvasPlace = Extract<Place, { page: 'canvas' }>

export const home: CanvasPlace = {
  page: 'canvas',
  selected: undefined,
  tab: 'chat',
  task: undefined,
  view: undefined,
}

export function placeOf({ pathname, search }: { pathname: string; search: string }): Place {
  if (pathname === '/login') return { page: 'login' }
  const query = new URLSearchParams(search)
  const tab = query.get('tab')
  const view = query.get('view')
  return {
    page: 'canvas',
    selected: query.get('sel') ?? undefined,
    task: query.get('task') ?? undefined,
    tab: tabs.find((known) => known === tab) ?? 'chat',
    view: views.find((known) => known === view),
  }
}

export function addressOf(place: Place): string {
  if (place.page === 'login') return '/login'
  const query = new URLSearchParams()
  if (place.selected) query.set('sel', place.selected)
  if (place.selected && place.tab !== 'chat') query.set('tab', place.tab)
  if (place.selected && place.task) query.set('task', place.task)
  if (place.view) query.set('view', place.view)
  return query.size > 0 ? `/canvas?${query}` : '/canvas'
}
