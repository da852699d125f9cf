import type { Pending } from '../state/outbox.ts'
import { text } from '../strings.ts'
import { Icon } from '../ui/Icon.tsx'
import { ErrorNote } from '../ui/ProblemNote.tsx'
import { useServices } from '../use-services.ts'

/** A message the server has not taken yet. Trying again sends the same one: it can not be doubled. */
export function PendingMessage({ message }: { message: Pending }) {
  const { outbox } = useServices()
  const failed = message.state === 'failed'
  return (
    <div className="exchange">
      <p className="bubble" data-pending={!failed}>
        {message.text}
      </p>
      <p className="bubble-meta" role="status">
        {failed ? text.chat.notSent : text.chat.sending}
      </p>
      {failed && (
        <div className="exchange-problem">
          <ErrorNote error={message.error ?? true} />
          <div className="row">
            <button
              type="button"
              className="button button-small"
              onClick={() => void outbox.retry(message.key)}
            >
              <Icon name="refresh" />
              {text.common.retry}
            </button>
            <button
              type="button"
              className="button button-small button-quiet"
              onClick={() => outbox.discard(message.key)}
            >
              {text.chat.discard}
            </button>
          </div>
        </div>
      )}
    </div>
  )
}
