/** An abort of its own that also comes with the outer one, and lets go of it at the end of its block. */
export function linkedAbort(
  outer: AbortSignal,
): Disposable & Pick<AbortController, 'signal' | 'abort'> {
  const controller = new AbortController()
  const follow = () => controller.abort(outer.reason)
  if (outer.aborted) follow()
  outer.addEventListener('abort', follow, { once: true })
  return {
    signal: controller.signal,
    abort: (reason) => controller.abort(reason),
    [Symbol.dispose]: () => outer.removeEventListener('abort', follow),
  }
}
