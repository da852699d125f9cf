import type { Context } from 'hono'
import { streamSSE } from 'hono/streaming'
import type { Principal } from '../domain/identity/principal.ts'
import type { Services } from './context.ts'
import { followFeed } from './follow-feed.ts'

/** Messages a reader may be behind before it is cut off; it resumes with `Last-Event-ID`. */
const MAX_BEHIND = 2000

type Message = { event: string; data: string; id?: string }

/**
 * The feed as server-sent events (WHATWG HTML, section 9.2): `id` is the position, `event` the name, `data` the JSON of the
 * WebSocket. `Last-Event-ID` wins over `since`.
 */
export function eventStream(
  services: Services,
  c: Context,
  { principal, since }: { principal: Principal; since: number | undefined },
): Response {
  const last = Number(c.req.header('last-event-id') || Number.NaN)
  const from = { principal, since: Number.isSafeInteger(last) ? last : since }
  c.header('x-accel-buffering', 'no')
  return streamSSE(c, async (stream) => {
    const { promise: over, resolve: end } = Promise.withResolvers<void>()
    let behind = 0
    const send = (message: Message): void => {
      behind += 1
      const sent = () => {
        behind -= 1
      }
      if (behind > MAX_BEHIND) end()
      else stream.writeSSE(message).then(sent, end)
    }
    const following = followFeed(services, from, {
      control: (control) =>
        send({
          event: control.event,
          data: JSON.stringify(control),
          ...(control.event === 'bookmark' ? { id: String(control.seq) } : {}),
          ...(control.event === 'reset' ? { id: String(control.head) } : {}),
        }),
      frames(frames) {
        for (const { seq, event, text } of frames) send({ event, data: text, id: String(seq) })
      },
      ephemeral: ({ text }) => send({ event: 'ephemeral', data: text }),
      refuse: end,
    })
    stream.onAbort(end)
    services.closing.addEventListener('abort', () => end(), { once: true })
    following.begun.catch((error: unknown) => {
      services.log.warn({ error }, 'an event stream could not go on')
      end()
    })
    await over
    following.end()
  })
}
