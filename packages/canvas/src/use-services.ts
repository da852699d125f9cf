import { createContext, useContext, useSyncExternalStore } from 'react'
import { useStore } from 'zustand'
import { useShallow } from 'zustand/react/shallow'
import { type CanvasPlace, home, type Place } from './lib/place.ts'
import type { Services } from './services.ts'
import type { CanvasState } from './state/store.ts'

export const ServicesContext = createContext<Services | undefined>(undefined)

export function useServices(): Services {
  const services = useContext(ServicesContext)
  if (!services) throw new Error('useServices needs a ServicesContext above it')
  return services
}

/** Redraws only when the selected value changes, compared one level deep. */
export function useCanvas<T>(select: (state: CanvasState) => T): T {
  return useStore(useServices().store, useShallow(select))
}

export function usePlace(): Place {
  const { router } = useServices()
  return useSyncExternalStore(router.subscribe, router.place)
}

export function useCanvasPlace(): CanvasPlace {
  const place = usePlace()
  return place.page === 'canvas' ? place : home
}

export function useGo() {
  return useServices().router.go
}

/** The server's clock, at most a second old. Components that show an age redraw each second. */
export function useServerNow(): number {
  const { ticker } = useServices()
  const offset = useCanvas((state) => state.clockOffsetMs)
  return useSyncExternalStore(ticker.subscribe, ticker.now, ticker.now) + offset
}
