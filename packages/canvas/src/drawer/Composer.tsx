import { type KeyboardEvent, useLayoutEffect, useRef, useState } from 'react'
import { isHeldUp, openTasks } from '../state/selectors.ts'
import { text } from '../strings.ts'
import { Icon } from '../ui/Icon.tsx'
import { useIsNarrow } from '../ui/use-is-narrow.ts'
import { useRight } from '../use-right.ts'
import { useCanvas, useServices } from '../use-services.ts'
import { readDraft, writeDraft } from './drafts.ts'

type Props = { workspaceId: string; name: string }

/** Where one writes to a workspace, for those who may. */
export function Composer(props: Props) {
  if (useRight('tasks:write')) return <MessageForm {...props} />
  return (
    <p className="composer composer-closed">
      <Icon name="lock" />
      {text.chat.readOnly}
    </p>
  )
}

/** Never disabled: what cannot be worked on now is queued. */
function MessageForm({ workspaceId, name }: Props) {
  const { outbox } = useServices()
  const [draft, setDraft] = useState(() => readDraft(workspaceId))
  const isNarrow = useIsNarrow()
  const input = useGrowing(draft)
  const change = (next: string) => {
    setDraft(next)
    writeDraft(workspaceId, next)
  }
  const send = () => {
    const message = draft.trim()
    if (message === '') return
    change('')
    void outbox.send(workspaceId, message)
  }
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key !== 'Enter' || event.shiftKey || event.nativeEvent.isComposing || isNarrow) return
    event.preventDefault()
    send()
  }
  return (
    <form
      className="composer"
      onSubmit={(event) => {
        event.preventDefault()
        send()
      }}
    >
      <QueueNote workspaceId={workspaceId} />
      <div className="composer-box">
        <textarea
          ref={input}
          data-testid="chat-input"
          rows={1}
          value={draft}
          placeholder={text.chat.placeholder(name)}
          aria-label={text.chat.placeholder(name)}
          onChange={(event) => change(event.target.value)}
          onKeyDown={onKeyDown}
        />
        <button type="submit" className="send" aria-label={text.chat.send} title={text.chat.send}>
          <Icon name="send" />
        </button>
      </div>
      <p className="composer-hint">{text.chat.hint}</p>
    </form>
  )
}

function QueueNote({ workspaceId }: { workspaceId: string }) {
  const workspace = useCanvas(({ live }) => live.workspaces.byId.get(workspaceId))
  const ahead = useCanvas(
    ({ live }) => openTasks(live, workspaceId).filter((task) => !isHeldUp(task)).length,
  )
  if (!workspace) return null
  const { keptNote } = text.chat
  if (workspace.desired_state === 'paused')
    return <p className="composer-note">{keptNote.paused}</p>
  if (workspace.desired_state === 'hibernated')
    return <p className="composer-note">{keptNote.asleep}</p>
  if (workspace.status === 'awaiting_agent')
    return <p className="composer-note">{keptNote.awaiting}</p>
  if (workspace.status !== 'online' && workspace.status !== 'degraded') {
    return <p className="composer-note">{keptNote.offline}</p>
  }
  if (ahead < workspace.max_concurrent_tasks) return null
  return <p className="composer-note">{keptNote.queued(ahead)}</p>
}

const maxHeightPx = 180

/** A text field as high as its text, up to a limit. */
function useGrowing(value: string) {
  const ref = useRef<HTMLTextAreaElement>(null)
  // biome-ignore lint/correctness/useExhaustiveDependencies: the height follows the value.
  useLayoutEffect(() => {
    const field = ref.current
    if (!field) return
    field.style.height = 'auto'
    field.style.height = `${Math.min(field.scrollHeight, maxHeightPx)}px`
  }, [value])
  return ref
}
