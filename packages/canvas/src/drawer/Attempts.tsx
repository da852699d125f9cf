import type { Attempt, AttemptOutcome, Task } from '@molecule/contract/task'
import type { Tone } from '../state/agent-state.ts'
import { text } from '../strings.ts'
import { Age, durationBetween, Elapsed } from '../ui/Age.tsx'

const tone: Readonly<Record<AttemptOutcome, Tone>> = {
  completed: 'ok',
  failed: 'bad',
  canceled: 'idle',
  interrupted: 'wait',
  lost: 'wait',
}

/** Every try, newest last, with how it ended and why. */
export function Attempts({ task }: { task: Task }) {
  return (
    <section className="section">
      <h3>
        {text.task.attempts}{' '}
        <span className="section-count num">
          {task.attempts.length}/{task.max_attempts}
        </span>
      </h3>
      {task.attempts.length === 0 ? (
        <p className="faint">{text.task.noAttempts}</p>
      ) : (
        <ol className="attempts">
          {task.attempts.map((attempt) => (
            <AttemptItem key={attempt.no} attempt={attempt} />
          ))}
        </ol>
      )}
    </section>
  )
}

function AttemptItem({ attempt }: { attempt: Attempt }) {
  const { no, outcome, reason, late, incarnation, ended_at, started_at, leased_at } = attempt
  return (
    <li data-tone={outcome ? tone[outcome] : 'work'}>
      <p className="attempt-head">
        <span className="num">{text.task.outputOf(no)}</span>
        <span className="attempt-outcome">
          {outcome ? text.outcomeLabel[outcome] : text.taskLabel.in_progress}
        </span>
        <span className="faint num">
          <AttemptTime started={started_at} ended={ended_at} />
        </span>
        {late && <span data-tone="wait">{text.task.late}</span>}
        <span className="attempt-age faint">
          {text.task.incarnation(incarnation)} · <Age of={started_at ?? leased_at} />
        </span>
      </p>
      {reason && (
        <p className="attempt-reason">
          {reason.detail} <span className="faint">{reason.hint}</span>
        </p>
      )}
    </li>
  )
}

function AttemptTime({ started, ended }: { started: string | null; ended: string | null }) {
  if (!started) return text.task.handedOver
  return ended ? durationBetween(started, ended) : <Elapsed since={started} />
}
