import { useState } from 'react'
import { useStore } from 'zustand'
import { useShallow } from 'zustand/react/shallow'
import { notYetTasks } from '../state/outbox.ts'
import { tasksIn } from '../state/selectors.ts'
import { text } from '../strings.ts'
import { useRight } from '../use-right.ts'
import { useCanvas, useServices } from '../use-services.ts'
import { ChatExchange } from './ChatExchange.tsx'
import { Composer } from './Composer.tsx'
import { PendingMessage } from './PendingMessage.tsx'
import { useStickToEnd } from './use-stick-to-end.ts'

const firstShown = 15
const moreShown = 15

/** A person's conversation with a workspace: every message is a task of its own. */
export function ChatTab({ workspaceId }: { workspaceId: string }) {
  const { outbox } = useServices()
  const mayAsk = useRight('tasks:write')
  const [limit, setLimit] = useState(firstShown)
  const name = useCanvas(({ live }) => live.workspaces.byId.get(workspaceId)?.name ?? '')
  const offset = useCanvas((state) => state.clockOffsetMs)
  const asked = useCanvas(({ live }) =>
    tasksIn(live, 'receivedBy', workspaceId).filter(({ caller }) => caller.kind === 'user'),
  )
  const pending = useStore(
    outbox.store,
    useShallow((state) => state.pending.filter((one) => one.workspaceId === workspaceId)),
  )
  const waiting = notYetTasks(pending, asked, (localMs) => localMs + offset)
  const { box, content, onScroll } = useStickToEnd<HTMLDivElement, HTMLDivElement>()
  return (
    <div className="chat">
      <div className="chat-scroll" ref={box} onScroll={onScroll}>
        <div className="chat-log" ref={content} role="log">
          {asked.length + waiting.length === 0 && (
            <section className="empty">
              <h3>{mayAsk ? text.chat.emptyTitle(name) : text.chat.emptyReadOnly}</h3>
              {mayAsk && <p>{text.chat.emptyBody}</p>}
            </section>
          )}
          {asked.length > limit && (
            <button
              type="button"
              className="button button-quiet"
              onClick={() => setLimit(limit + moreShown)}
            >
              {text.chat.earlier}
            </button>
          )}
          {asked.slice(-limit).map((task) => (
            <ChatExchange key={task.id} task={task} />
          ))}
          {waiting.map((message) => (
            <PendingMessage key={message.key} message={message} />
          ))}
        </div>
      </div>
      <Composer workspaceId={workspaceId} name={name} />
    </div>
  )
}
