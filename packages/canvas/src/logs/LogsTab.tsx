import type { Workspace } from '@molecule/contract/workspace'
import { MoleculeError } from '@molecule/sdk'
import { memo, useRef, useState } from 'react'
import { useStickToEnd } from '../drawer/use-stick-to-end.ts'
import { text } from '../strings.ts'
import { Icon } from '../ui/Icon.tsx'
import { EmptyNote } from '../ui/LoadedList.tsx'
import { ErrorNote } from '../ui/ProblemNote.tsx'
import { NeedsRight } from '../ui/Rights.tsx'
import { useCopy } from '../ui/use-copy.ts'
import { useCanvas } from '../use-services.ts'
import type { LogState } from './follow-log.ts'
import type { LogLine, LogLines } from './log-lines.ts'
import { logText, logWords } from './log-words.ts'
import { nothingToRead } from './nothing-to-read.ts'
import { useLog } from './use-log.ts'

const words = text.logs

/** What the agent host of a workspace writes, as it writes it. */
function LogsTab({ workspaceId }: { workspaceId: string }) {
  const workspace = useCanvas(({ live }) => live.workspaces.byId.get(workspaceId))
  if (!workspace) return null
  const nothing = nothingToRead(workspace)
  return (
    <NeedsRight right="workspaces:read">
      {nothing ? (
        <div className="logs-note">
          <EmptyNote title={nothing.title}>{nothing.body}</EmptyNote>
        </div>
      ) : (
        <Log key={workspaceId} workspace={workspace} />
      )}
    </NeedsRight>
  )
}

function Log({ workspace }: { workspace: Workspace }) {
  const state = useLog(workspace)
  const [held, setHeld] = useState<LogLines>()
  const shown = held ?? state.log
  const lines = useRef<HTMLDivElement>(null)
  return (
    <section className="logs" aria-label={words.label(workspace.name)}>
      <header className="logs-bar">
        <p className="logs-state" role="status">
          {stateWords(state, held)}
        </p>
        <button
          type="button"
          className="button button-small"
          onClick={() => setHeld(held ? undefined : state.log)}
        >
          <Icon name={held ? 'start' : 'pause'} />
          {held ? words.continue : words.pause}
        </button>
        <CopyButton log={shown} element={lines} />
      </header>
      <ErrorNote title={words.failed} error={isRefusal(state.error) ? state.error : null} quiet />
      <Lines
        log={shown}
        name={workspace.name}
        isOver={state.phase === 'ended' && !state.error}
        element={lines}
      />
    </section>
  )
}

function stateWords({ log, phase, error }: LogState, held: LogLines | undefined) {
  if (held) return held === log ? words.paused : words.pausedMore
  if (isRefusal(error)) return words.unread
  if (phase === 'lost') return error ? words.lost : words.between
  if (phase === 'ended') return words.ended
  return log.lines.length === 0 ? words.waiting : words.following
}

/** A server that is silent for a while needs no more than the word above the lines. */
const isRefusal = (error: unknown) => error instanceof MoleculeError && error.status !== 0

type LinesProps = { log: LogLines; element: { current: HTMLDivElement | null } }

function CopyButton({ log, element }: LinesProps) {
  const all = () => log.lines.map(({ text: line }) => logText(line)).join('\n')
  const { outcome, copy } = useCopy(all, element)
  return (
    <>
      <button type="button" className="button button-small" onClick={copy}>
        <Icon name={outcome === 'copied' ? 'check' : 'copy'} />
        {outcome === 'copied' ? text.common.copied : text.common.copy}
      </button>
      {outcome === 'selected' && <p className="logs-hint">{text.common.copyByHand}</p>}
    </>
  )
}

type ShownProps = LinesProps & { name: string; isOver: boolean }

function Lines({ log, name, isOver, element }: ShownProps) {
  const { box, content, onScroll } = useStickToEnd<HTMLDivElement, HTMLDivElement>()
  return (
    <div
      className="logs-box"
      ref={box}
      onScroll={onScroll}
      role="log"
      aria-live="off"
      aria-label={words.linesOf(name)}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, so the keyboard must reach it.
      tabIndex={0}
    >
      <div ref={content}>
        {log.cut && <p className="logs-cut">{words.cut}</p>}
        <div ref={element} data-testid="log-lines">
          {log.lines.length === 0 && isOver && <p className="faint">{words.none}</p>}
          {log.lines.map((line) => (
            <Line key={line.no} line={line} />
          ))}
        </div>
      </div>
    </div>
  )
}

/** A line never changes, so it is drawn once. */
const Line = memo(function Line({ line }: { line: LogLine }) {
  const { time, level, tone, message, fields } = logWords(line.text)
  return (
    <div className="log-line" data-tone={tone}>
      {time && <span className="log-time">{time} </span>}
      {level && <span className="log-level">{level} </span>}
      {message} {fields && <span className="log-fields">{fields}</span>}
    </div>
  )
})

// biome-ignore lint/style/noDefaultExport: React.lazy reads the default export.
export default LogsTab
