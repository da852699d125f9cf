export const tabs = ['chat', 'work', 'activity', 'logs', 'config', 'access', 'about'] as const
export type Tab = (typeof tabs)[number]

export const views = ['chart', 'list'] as const
export type View = (typeof views)[number]

export const sections = ['people', 'tokens', 'secrets', 'templates', 'resources'] as const
export type Section = (typeof sections)[number]

/** Which part of the audit log somebody looks at; times are RFC 3339. */
export type AuditLens = {
  actor: string | undefined
  action: string | undefined
  entity: string | undefined
  from: string | undefined
  to: string | undefined
}

/** Where in the page somebody is; every place has an address. */
export type Place =
  | { page: 'login' }
  | { page: 'settings'; section: Section }
  | { page: 'audit'; lens: AuditLens }
  /** Tasks; of one workspace, where it is named. */
  | { page: 'board'; of: string | undefined }
  | {
      page: 'canvas'
      selected: string | undefined
      tab: Tab
      task: string | undefined
      view: View | undefined
    }

export type CanvasPlace = Extract<Place, { page: 'canvas' }>
export type BoardPlace = Extract<Place, { page: 'board' }>
export type AuditPlace = Extract<Place, { page: 'audit' }>

export const home: CanvasPlace = {
  page: 'canvas',
  selected: undefined,
  tab: 'chat',
  task: undefined,
  view: undefined,
}

const auditPath = '/canvas/audit'
const boardPath = '/canvas/tasks'
const settingsPath = '/canvas/settings'
const lensKeys = ['actor', 'action', 'entity', 'from', 'to'] as const

export const wholeLog: AuditLens = lensOf(new URLSearchParams())

export function placeOf({ pathname, search }: { pathname: string; search: string }): Place {
  const query = new URLSearchParams(search)
  if (pathname === '/login') return { page: 'login' }
  if (pathname === auditPath) return { page: 'audit', lens: lensOf(query) }
  if (pathname === boardPath) return { page: 'board', of: query.get('of') || undefined }
  if (pathname === settingsPath || pathname.startsWith(`${settingsPath}/`)) {
    const name = pathname.slice(settingsPath.length + 1)
    return { page: 'settings', section: sections.find((known) => known === name) ?? 'people' }
  }
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

function lensOf(query: URLSearchParams): AuditLens {
  const [actor, action, entity, from, to] = lensKeys.map((key) => query.get(key) || undefined)
  return { actor, action, entity, from, to }
}

export function addressOf(place: Place): string {
  switch (place.page) {
    case 'login':
      return '/login'
    case 'settings':
      return `${settingsPath}/${place.section}`
    case 'audit':
      return withQuery(
        auditPath,
        lensKeys.map((key) => [key, place.lens[key]]),
      )
    case 'board':
      return withQuery(boardPath, [['of', place.of]])
    case 'canvas':
      return withQuery('/canvas', [
        ['sel', place.selected],
        ['tab', place.selected && place.tab !== 'chat' ? place.tab : undefined],
        ['task', place.selected && place.task],
        ['view', place.view],
      ])
    default:
      return place satisfies never
  }
}

function withQuery(path: string, entries: [string, string | undefined][]): string {
  const query = new URLSearchParams()
  for (const [key, value] of entries) if (value) query.set(key, value)
  return query.size > 0 ? `${path}?${query}` : path
}
