import type { TaskSummary } from '@molecule/contract/task'
import { useState } from 'react'
import { text } from '../strings.ts'
import { ActionButton } from '../ui/ActionButton.tsx'
import { Choices } from '../ui/Choices.tsx'
import { ConfirmDialog } from '../ui/ConfirmDialog.tsx'
import { ErrorNote } from '../ui/ProblemNote.tsx'
import { useCanvas, useCanvasPlace, useGo } from '../use-services.ts'
import { useTaskAction } from './use-task-action.ts'

/** Gives a task that nobody works on to another workspace, and goes there with it. */
export function ReassignAction({ task }: { task: TaskSummary }) {
  const [isAsking, setAsking] = useState(false)
  return (
    <>
      <ActionButton right="tasks:write" icon="out" small onClick={() => setAsking(true)}>
        {text.explain.reassign}
      </ActionButton>
      {isAsking && <ReassignDialog task={task} onClose={() => setAsking(false)} />}
    </>
  )
}

function ReassignDialog({ task, onClose }: { task: TaskSummary; onClose: () => void }) {
  const place = useCanvasPlace()
  const go = useGo()
  const workspaces = useCanvas(({ live }) => live.workspaces.byId)
  const others = [...workspaces.values()]
    .filter(({ id }) => id !== task.callee_id && id !== task.caller.id)
    .map(({ id, name, role }) => ({ value: id as string, label: name, hint: role ?? '' }))
    .toSorted((a, b) => a.label.localeCompare(b.label))
  const [chosen, setChosen] = useState(others[0]?.value)
  const reassign = useTaskAction(
    (tasks, to: string) => tasks.reassign(task.id, to),
    ({ callee_id }) => {
      onClose()
      go({ ...place, selected: callee_id, task: task.id })
    },
  )
  return (
    <ConfirmDialog
      title={text.explain.reassignTitle}
      confirm={text.explain.reassign}
      busy={reassign.busy}
      onConfirm={() => chosen && void reassign.run(chosen)}
      onClose={onClose}
    >
      {chosen === undefined ? (
        <p>{text.explain.nobodyElse}</p>
      ) : (
        <Choices
          legend={text.explain.toWhom}
          choices={others}
          value={chosen}
          onChange={setChosen}
        />
      )}
      <ErrorNote error={reassign.error} />
    </ConfirmDialog>
  )
}
