import type { FailureClass } from '@molecule/contract/task'

type Told = {
  /** Of HTTP, where it is known. */
  status?: number | undefined
  text: string
}

const kinds: readonly [RegExp, FailureClass][] = [
  [/not logged in|invalid api key|api key not valid|unauthori[sz]ed|authentication/i, 'auth'],
  [/usage limit|rate limit|quota|resource.?exhausted|too many requests/i, 'quota'],
  [
    /timed? ?out|connection|connect error|network|overloaded|unavailable|ECONN|ENOTFOUND|fetch failed/i,
    'transient',
  ],
]

/** What a failure of the model's API asks for, by its status, or by what it says. */
export function classOf({ status, text }: Told): FailureClass {
  const code = status ?? statusIn(text)
  if (code === 401 || code === 403) return 'auth'
  if (code === 429) return 'quota'
  if (code !== undefined && (code >= 500 || code === 408)) return 'transient'
  const found = kinds.find(([words]) => words.test(text))
  return found?.[1] ?? 'permanent'
}

function statusIn(text: string): number | undefined {
  const [, status] = /\b([45]\d\d)\b/.exec(text) ?? []
  return status === undefined ? undefined : Number(status)
}
