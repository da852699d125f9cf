import { useSyncExternalStore } from 'react'

/** The same width as in the stylesheet. */
const narrow = '(max-width: 719px)'

function subscribe(listener: () => void) {
  const query = window.matchMedia(narrow)
  query.addEventListener('change', listener)
  return () => query.removeEventListener('change', listener)
}

/** A phone, or a window as narrow as one. */
export const useIsNarrow = () =>
  useSyncExternalStore(subscribe, () => window.matchMedia(narrow).matches)
