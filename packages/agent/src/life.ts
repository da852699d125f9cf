/** Why a host ended. */
export type HostEnd =
  | 'stopped'
  | 'refused'
  | 'fenced'
  | 'folder_gone'
  | 'no_server'
  | 'cannot_serve'

/** Ends once, for the first reason given. */
export type Life = {
  readonly signal: AbortSignal
  end(reason: HostEnd): void
  reason(): HostEnd
}

export function lifeUntil(outer: AbortSignal): Life {
  const controller = new AbortController()
  let reason: HostEnd = 'stopped'
  const end = (given: HostEnd) => {
    if (controller.signal.aborted) return
    reason = given
    controller.abort()
  }
  if (outer.aborted) end('stopped')
  outer.addEventListener('abort', () => end('stopped'), { once: true })
  return { signal: controller.signal, end, reason: () => reason }
}
