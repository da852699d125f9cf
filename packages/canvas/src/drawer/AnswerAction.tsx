import type { TaskSummary } from '@molecule/contract/task'
import { useState } from 'react'
import { text } from '../strings.ts'
import { ActionButton } from '../ui/ActionButton.tsx'
import { ErrorNote } from '../ui/ProblemNote.tsx'
import { useTaskAction } from './use-task-action.ts'

/** Lets a task that waits for a person go on: with an answer to its question, or by another try. */
export function AnswerAction({ task }: { task: TaskSummary }) {
  const [words, setWords] = useState('')
  const answer = useTaskAction((tasks, said: string | undefined) => tasks.answer(task.id, said))
  if (task.waiting_for !== 'input')
    return (
      <div className="explain-actions">
        <ActionButton
          right="tasks:write"
          icon="retry"
          small
          busy={answer.busy}
          onClick={() => void answer.run(undefined)}
        >
          {text.explain.tryAgainNow}
        </ActionButton>
        <ErrorNote error={answer.error} />
      </div>
    )
  const said = words.trim()
  const send = () => {
    if (said !== '') void answer.run(said)
  }
  return (
    <div className="answer-box">
      <label>
        {text.explain.answerLabel}
        <textarea
          className="input"
          rows={3}
          value={words}
          onChange={(event) => setWords(event.target.value)}
        />
      </label>
      <ErrorNote error={answer.error} />
      <ActionButton
        right="tasks:write"
        icon="send"
        look="primary"
        small
        busy={answer.busy}
        onClick={send}
      >
        {text.explain.answer}
      </ActionButton>
    </div>
  )
}
