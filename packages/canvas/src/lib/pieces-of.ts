/** The pieces of a body, also where a browser cannot loop over one by itself. Whoever stops reading ends it. */
export async function* piecesOf(body: ReadableStream<Uint8Array>): AsyncGenerator<Uint8Array> {
  const reader = body.getReader()
  try {
    while (true) {
      const { done, value } = await reader.read()
      if (done) return
      yield value
    }
  } finally {
    // What ended by an error has told it already.
    await reader.cancel().catch(() => {})
  }
}
