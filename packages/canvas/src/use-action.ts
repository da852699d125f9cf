import { MoleculeError } from '@molecule/sdk'
import { useCallback, useEffect, useRef, useState } from 'react'
import { logWarning } from './lib/log.ts'
import type { Services } from './services.ts'
import { useServices } from './use-services.ts'

/** Something a person starts: whether it runs, and why it failed. A second start while it runs is ignored. */
export function useAction<A extends unknown[]>(
  action: (services: Services, ...args: A) => Promise<unknown>,
) {
  const services = useServices()
  const [busy, setBusy] = useState(false)
  const [error, setError] = useState<unknown>(null)
  const running = useRef(false)
  const latest = useRef(action)
  useEffect(() => {
    latest.current = action
  })
  const run = useCallback(
    async (...args: A) => {
      if (running.current) return
      running.current = true
      setBusy(true)
      setError(null)
      try {
        await latest.current(services, ...args)
      } catch (failure) {
        if (!(failure instanceof MoleculeError)) logWarning('an action failed', { failure })
        setError(failure)
      } finally {
        running.current = false
        setBusy(false)
      }
    },
    [services],
  )
  return { run, busy, error }
}
