import type { Workspace } from '@molecule/contract/workspace'
import { useState } from 'react'
import { ActionButton } from '../ui/ActionButton.tsx'
import { LoadedList } from '../ui/LoadedList.tsx'
import { useLoad } from '../use-load.ts'
import { CreateScheduleDialog } from './CreateScheduleDialog.tsx'
import { ScheduleItem } from './ScheduleItem.tsx'
import { schedulesText as words } from './schedules-text.ts'

/** `version` is another one once a schedule has asked for work. */
type Props = { workspace: Workspace; version: number }

/** What the workspace is asked by the clock. */
export function Schedules({ workspace, version }: Props) {
  const [isAdding, setIsAdding] = useState(false)
  const list = useLoad(`schedules ${workspace.id}`, String(version), ({ client }, signal) =>
    client.schedules.list(workspace.id, { signal }),
  )
  return (
    <section className="section">
      <h3>{words.title}</h3>
      <LoadedList of={list} failed={words.failed} loading={words.loading}>
        {(schedules) =>
          schedules.length === 0 ? (
            <p className="faint">{words.none}</p>
          ) : (
            <ul className="records">
              {schedules.map((schedule) => (
                <ScheduleItem key={schedule.id} schedule={schedule} onChanged={list.reload} />
              ))}
            </ul>
          )
        }
      </LoadedList>
      <div className="toolbar">
        <ActionButton right="tasks:write" icon="plus" small onClick={() => setIsAdding(true)}>
          {words.add}
        </ActionButton>
      </div>
      {isAdding && (
        <CreateScheduleDialog
          workspace={workspace}
          onCreated={list.reload}
          onClose={() => setIsAdding(false)}
        />
      )}
    </section>
  )
}
