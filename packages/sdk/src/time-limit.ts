/** Runs `work` under a signal that ends with the caller's or when the time is up; leaves no timer and no listener. */
export async function withTimeLimit<T>(
  timeoutMs: number,
  outer: AbortSignal | undefined,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const limit = new AbortController()
  const endWithOuter = () => limit.abort(outer?.reason)
  const timer = setTimeout(
    () => limit.abort(new Error(`no answer within ${timeoutMs / 1000} s`)),
    timeoutMs,
  )
  if (outer?.aborted) endWithOuter()
  outer?.addEventListener('abort', endWithOuter, { once: true })
  try {
    return await work(limit.signal)
  } catch (error) {
    throw limit.signal.aborted ? limit.signal.reason : error
  } finally {
    clearTimeout(timer)
    outer?.removeEventListener('abort', endWithOuter)
  }
}
