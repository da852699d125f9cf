import { MoleculeError } from '@molecule/sdk'
import { useCallback, useEffect, useRef, useState } from 'react'
import { logWarning } from './lib/log.ts'
import type { Services } from './services.ts'
import { useServices } from './use-services.ts'

export type Loaded<T> = { value: T | undefined; error: unknown; reload: () => void }

type Held<T> = { of: string; value: T | undefined; error: unknown }

/**
 * Reads something again whenever `version` changes; what is known of `key` stays on screen meanwhile.
 * The answer of a former key is never shown for a new one.
 */
export function useLoad<T>(
  key: string,
  version: string,
  load: (services: Services, signal: AbortSignal) => Promise<T>,
): Loaded<T> {
  const services = useServices()
  const [held, setHeld] = useState<Held<T>>({ of: key, value: undefined, error: null })
  const [round, setRound] = useState(0)
  const latest = useRef(load)
  useEffect(() => {
    latest.current = load
  })
  // biome-ignore lint/correctness/useExhaustiveDependencies: version and round are asked for by name.
  useEffect(() => {
    const abort = new AbortController()
    latest.current(services, abort.signal).then(
      (value) => abort.signal.aborted || setHeld({ of: key, value, error: null }),
      (error: unknown) => {
        if (abort.signal.aborted) return
        if (!(error instanceof MoleculeError)) logWarning('reading failed', { key, error })
        setHeld((former) => ({
          of: key,
          value: former.of === key ? former.value : undefined,
          error,
        }))
      },
    )
    return () => abort.abort()
  }, [services, key, version, round])
  const reload = useCallback(() => setRound((n) => n + 1), [])
  return held.of === key
    ? { value: held.value, error: held.error, reload }
    : { value: undefined, error: null, reload }
}
