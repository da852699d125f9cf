import type { TaskSummary } from '@molecule/contract/task'
import type { TaskExplanation } from '@molecule/contract/task-explain'
import { text } from '../strings.ts'
import { Age } from '../ui/Age.tsx'
import { Fact, Facts } from '../ui/Facts.tsx'
import { InlineCode } from '../ui/InlineCode.tsx'
import { ErrorNote } from '../ui/ProblemNote.tsx'
import { useLoad } from '../use-load.ts'
import { AnswerAction } from './AnswerAction.tsx'
import { ExtendAction } from './ExtendAction.tsx'
import { ReassignAction } from './ReassignAction.tsx'
import { RetryAction } from './RetryAction.tsx'

/** What is the matter with a task: who holds it, what it waits for, what comes next, and what can be done. */
export function Explain({ task }: { task: TaskSummary }) {
  const { value, error, reload } = useLoad(task.id, String(task.rev), ({ client }, signal) =>
    client.tasks.explain(task.id, { signal }),
  )
  return (
    <section className="section">
      <h3>{task.ended_at ? text.explain.titleEnded : text.explain.title}</h3>
      <ErrorNote error={error} action={{ label: text.common.retry, run: reload }} quiet />
      {value && <Explanation task={task} told={value} />}
    </section>
  )
}

function Explanation({ task, told }: { task: TaskSummary; told: TaskExplanation }) {
  const may = new Set(told.actions.filter((each) => each.possible).map(({ action }) => action))
  return (
    <>
      {task.ended_at === null && (
        <p>
          <InlineCode source={told.text} />
        </p>
      )}
      <Facts>
        {told.holder && (
          <Fact name={text.explain.holder}>
            {text.explain.heldBy(told.holder.name, told.holder.attempt)}{' '}
            <Age of={told.holder.since} />
          </Fact>
        )}
        {told.last_sign_of_life && task.ended_at === null && (
          <Fact name={text.explain.lastSign}>
            <Age of={told.last_sign_of_life} />
          </Fact>
        )}
      </Facts>
      {may.has('answer') && <AnswerAction task={task} />}
      <div className="explain-actions">
        {may.has('extend') && <ExtendAction task={task} />}
        {may.has('reassign') && <ReassignAction task={task} />}
        {may.has('retry') && <RetryAction task={task} />}
      </div>
    </>
  )
}
