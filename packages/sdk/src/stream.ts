import {
  type Call,
  type ClientOptions,
  MoleculeError,
  noAnswer,
  refusal,
  send,
  timeLimitOf,
} from './request.ts'

/** A call whose answer may be longer than memory: its text as it arrives. Time is limited for each piece, not for all, or with
 * `timeoutMs: Infinity` by the caller alone. */
export type Streamer = (call: Call) => AsyncGenerator<string>

export function streamer(options: ClientOptions): Streamer {
  return async function* (call) {
    const limit = pieceLimit(timeLimitOf(options, call))
    try {
      yield* pieces(options, call, limit)
    } catch (error) {
      if (call.signal?.aborted || error instanceof MoleculeError) throw error
      throw new MoleculeError(noAnswer(options.baseUrl, limit.signal.reason ?? error))
    }
  }
}

async function* pieces(options: ClientOptions, call: Call, limit: PieceLimit) {
  const signal = call.signal ? AbortSignal.any([call.signal, limit.signal]) : limit.signal
  const answer = await limit.inTime(send(options, call, signal))
  const { status, body } = answer
  if (status < 200 || status >= 300) throw refusal(options, { status, text: await answer.text() })
  if (body) yield* decoded(body, limit)
  else yield await limit.inTime(answer.text())
}

type PieceLimit = ReturnType<typeof pieceLimit>

/** Gives up when one piece is waited for too long; leaves no timer. */
function pieceLimit(timeoutMs: number) {
  const limit = new AbortController()
  const giveUp = () => limit.abort(new Error(`nothing came for ${timeoutMs / 1000} s`))
  return {
    signal: limit.signal,
    async inTime<T>(piece: Promise<T>): Promise<T> {
      const timer = Number.isFinite(timeoutMs) ? setTimeout(giveUp, timeoutMs) : undefined
      try {
        return await piece
      } finally {
        clearTimeout(timer)
      }
    },
  }
}

/** Whoever stops reading ends the answer. */
async function* decoded(body: AsyncIterable<Uint8Array>, { inTime }: PieceLimit) {
  const decoder = new TextDecoder()
  const pieces = body[Symbol.asyncIterator]()
  try {
    while (true) {
      const { done, value } = await inTime(pieces.next())
      if (done) return
      yield decoder.decode(value, { stream: true })
    }
  } finally {
    await pieces.return?.()
  }
}
