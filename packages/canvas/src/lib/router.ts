import { addressOf, type Place, placeOf } from './place.ts'

export type Router = {
  place: () => Place
  subscribe: (listener: () => void) => () => void
  go: (place: Place, how?: 'push' | 'replace') => void
}

/** The address bar as the only copy of where somebody is. */
export function browserRouter(window: Window): Router {
  const listeners = new Set<() => void>()
  let place = placeOf(window.location)
  const read = () => {
    place = placeOf(window.location)
    for (const listener of listeners) listener()
  }
  window.addEventListener('popstate', read)
  return {
    place: () => place,
    subscribe(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    go(next, how = 'push') {
      const address = addressOf(next)
      if (how === 'replace') window.history.replaceState(null, '', address)
      else window.history.pushState(null, '', address)
      read()
    },
  }
}
