import type { Schedule } from '@molecule/contract/schedule'
import { useState } from 'react'
import { formatAge, formatDateTime } from '../lib/format.ts'
import { home } from '../lib/place.ts'
import { ActionButton } from '../ui/ActionButton.tsx'
import { Age } from '../ui/Age.tsx'
import { ConfirmDialog } from '../ui/ConfirmDialog.tsx'
import { PlaceLink } from '../ui/PlaceLink.tsx'
import { ErrorNote } from '../ui/ProblemNote.tsx'
import { useAction } from '../use-action.ts'
import { useServerNow } from '../use-services.ts'
import { schedulesText as words } from './schedules-text.ts'

type Props = { schedule: Schedule; onChanged: () => void }

export function ScheduleItem({ schedule, onChanged }: Props) {
  const { name, cron_expr, timezone, prompt } = schedule
  return (
    <li className="record">
      <div className="record-body">
        <p className="record-title">
          {name}
          <code className="faint">
            {cron_expr} {timezone}
          </code>
        </p>
        <p className="record-line schedule-prompt">{prompt}</p>
        <Times schedule={schedule} />
        <Trouble schedule={schedule} />
      </div>
      <Buttons schedule={schedule} onChanged={onChanged} />
    </li>
  )
}

function Times({ schedule }: { schedule: Schedule }) {
  const { workspace_id, next_run_at: next, last_run_at: last, last_task_id: task } = schedule
  const now = useServerNow()
  return (
    <p className="record-meta">
      {next ? (
        <time className="num" dateTime={next} title={formatDateTime(Date.parse(next))}>
          {words.next(formatAge(Math.max(0, Date.parse(next) - now)))}
        </time>
      ) : (
        <span>{words.isOff}</span>
      )}
      {last ? (
        <span>
          {words.ran} <Age of={last} />
        </span>
      ) : (
        <span>{words.neverRan}</span>
      )}
      {task && (
        <PlaceLink to={{ ...home, selected: workspace_id, tab: 'work', task }}>
          {words.lastTask}
        </PlaceLink>
      )}
    </p>
  )
}

/** Why the last time brought no work. */
function Trouble({ schedule: { last_status, last_error, status } }: { schedule: Schedule }) {
  const told = {
    skipped: words.skipped(last_error),
    error: words.broken(last_error),
    ok: '',
    '': '',
  }[last_status]
  const problem = told || (status === 'stale' ? words.stale : '')
  return problem === '' ? null : (
    <p className="record-meta mark" data-tone={last_status === 'error' ? 'bad' : 'wait'}>
      {problem}
    </p>
  )
}

function Buttons({ schedule, onChanged }: Props) {
  const { id, workspace_id: workspace, name, enabled } = schedule
  const key = { workspace, schedule: id }
  const [isAsking, setIsAsking] = useState(false)
  const run = useAction(async ({ client }) => {
    await client.schedules.run(key)
    onChanged()
  })
  const toggle = useAction(async ({ client }) => {
    await client.schedules.update(key, { enabled: !enabled })
    onChanged()
  })
  const remove = useAction(async ({ client }) => {
    await client.schedules.remove(key)
    setIsAsking(false)
    onChanged()
  })
  const common = { right: 'tasks:write', small: true } as const
  return (
    <div className="record-actions">
      <ActionButton
        {...common}
        icon="start"
        busy={run.busy}
        label={words.runOf(name)}
        onClick={() => void run.run()}
      >
        {words.run}
      </ActionButton>
      <ActionButton
        {...common}
        icon={enabled ? 'pause' : 'clock'}
        busy={toggle.busy}
        label={enabled ? words.offOf(name) : words.onOf(name)}
        onClick={() => void toggle.run()}
      >
        {enabled ? words.off : words.on}
      </ActionButton>
      <ActionButton
        {...common}
        icon="trash"
        look="danger-quiet"
        label={words.removeOf(name)}
        onClick={() => setIsAsking(true)}
      >
        {words.remove}
      </ActionButton>
      <ErrorNote error={run.error ?? toggle.error} />
      {isAsking && (
        <ConfirmDialog
          title={words.removeTitle(name)}
          confirm={words.remove}
          danger
          busy={remove.busy}
          onConfirm={() => void remove.run()}
          onClose={() => setIsAsking(false)}
        >
          <p>{words.removeBody}</p>
          <ErrorNote error={remove.error} />
        </ConfirmDialog>
      )}
    </div>
  )
}
