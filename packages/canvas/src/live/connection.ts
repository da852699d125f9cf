/** The part of the browser's WebSocket that is used. */
export type Socket = {
  send(text: string): void
  close(): void
  onopen: (() => void) | null
  onmessage: ((event: { data: unknown }) => void) | null
  onclose: (() => void) | null
  onerror: (() => void) | null
}

export type ConnectionOptions = {
  open: () => Socket
  onOpen: (send: (text: string) => void) => void
  onText: (text: string) => void
  /** Without a message for this long the connection counts as dead. */
  silenceMs: number
  signal: AbortSignal
}

/** One connection, from opening it to its end. Resolves when it is over, however that came. */
export function runConnection(options: ConnectionOptions): Promise<void> {
  const { open, onOpen, onText, silenceMs, signal } = options
  return new Promise((resolve) => {
    if (signal.aborted) return resolve()
    const socket = open()
    let silence = setTimeout(end, silenceMs)
    function end() {
      clearTimeout(silence)
      signal.removeEventListener('abort', end)
      socket.onopen = null
      socket.onmessage = null
      socket.onclose = null
      socket.onerror = () => {}
      socket.close()
      resolve()
    }
    socket.onopen = () => onOpen((text) => socket.send(text))
    socket.onmessage = ({ data }) => {
      clearTimeout(silence)
      silence = setTimeout(end, silenceMs)
      if (typeof data === 'string') onText(data)
    }
    socket.onclose = end
    socket.onerror = end
    signal.addEventListener('abort', end)
  })
}
