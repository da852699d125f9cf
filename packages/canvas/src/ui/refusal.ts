import type { ErrorCode } from '@molecule/contract/problem'
import { MoleculeError } from '@molecule/sdk'

/** What the server refused, told where it was typed. Fields are named as in the request, dots between them. */
export type Refusal = {
  at: ReadonlyMap<string, string>
  /** What no field in sight stands for; null where all was told. */
  rest: unknown
  /** A name that is free, where the one asked for is not. */
  freeName: string | undefined
}

const noRefusal: Refusal = { at: new Map(), rest: null, freeName: undefined }

const fieldOfCode: Partial<Record<ErrorCode, string>> = {
  name_taken: 'name',
  unknown_parent: 'parent_id',
  too_deep: 'parent_id',
  unknown_runtime: 'runtime',
}

/** `shown` are the fields in sight. Without an error there is nothing to tell. */
export function refusalOf(error: unknown, shown: readonly string[]): Refusal {
  if (!(error instanceof MoleculeError)) return { ...noRefusal, rest: error }
  const { code, detail, hint, fields = [], extra = {} } = error.problem
  const field = fieldOfCode[code]
  if (field !== undefined) {
    const freeName = typeof extra.suggestion === 'string' ? extra.suggestion : undefined
    const told = freeName === undefined ? `${sentence(detail)} ${hint}` : sentence(detail)
    return { at: new Map([[field, told]]), rest: null, freeName }
  }
  const at = new Map(
    fields.flatMap(({ path, message }) => {
      const place = shown.find((each) => path === each || path.startsWith(`${each}.`))
      return place === undefined ? [] : [[place, sentence(message)]]
    }),
  )
  const isAllTold = fields.length > 0 && at.size === fields.length
  return { at, rest: isAllTold ? null : error, freeName: undefined }
}

const sentence = (text: string) =>
  `${text.charAt(0).toUpperCase()}${text.slice(1)}${/[.!?]$/.test(text) ? '' : '.'}`
