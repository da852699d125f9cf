import { useState } from 'react'
import { useStore } from 'zustand'
import { useShallow } from 'zustand/react/shallow'
import { notYetTasks } from '../state/outbox.ts'
import { tasksIn } from '../state/selectors.ts'
import { text } from '../strings.ts'
import { ErrorNote } from '../ui/ProblemNote.tsx'
import { useRight } from '../use-right.ts'
import { useCanvas, useServices } from '../use-services.ts'
import { AgentMessage } from './AgentMessage.tsx'
import { ChatExchange } from './ChatExchange.tsx'
import { Composer } from './Composer.tsx'
import { inOrder } from './chat-order.ts'
import { PendingMessage } from './PendingMessage.tsx'
import { useAgentMessages } from './use-agent-messages.ts'
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
  const said = useAgentMessages(workspaceId)
  const total = asked.length + (said.value?.length ?? 0)
  const { box, content, onScroll } = useStickToEnd<HTMLDivElement, HTMLDivElement>()
  return (
    <div className="chat">
      <div className="chat-scroll" ref={box} onScroll={onScroll}>
        <div className="chat-log" ref={content} role="log">
          {total + waiting.length === 0 && (
            <section className="empty">
              <h3>{mayAsk ? text.chat.emptyTitle(name) : text.chat.emptyReadOnly}</h3>
              {mayAsk && <p>{text.chat.emptyBody}</p>}
            </section>
          )}
          {total > limit && (
            <button
              type="button"
              className="button button-quiet"
              onClick={() => setLimit(limit + moreShown)}
            >
              {text.chat.earlier}
            </button>
          )}
          <ErrorNote
            title={text.chat.messagesFailed}
            error={said.error}
            action={{ label: text.common.retry, run: said.reload }}
            quiet
          />
          {inOrder(asked, said.value ?? [])
            .slice(-limit)
            .map((one) =>
              'task' in one ? (
                <ChatExchange key={one.task.id} task={one.task} />
              ) : (
                <AgentMessage key={one.message.id} message={one.message} />
              ),
            )}
          {waiting.map((message) => (
            <PendingMessage key={message.key} message={message} />
          ))}
        </div>
      </div>
      <Composer workspaceId={workspaceId} name={name} />
    </div>
  )
}
