import type { FieldProblem, Problem } from '@molecule/contract/problem'
import { MoleculeError } from '@molecule/sdk'
import { text } from '../strings.ts'
import { Icon } from './Icon.tsx'
import { InlineCode } from './InlineCode.tsx'

/** A cause and a next step: what the server sends for a refusal, a failed workspace and a failed task alike. */
export type Explained = {
  detail: string
  hint: string
  code?: string
  trace_id?: string
  fields?: FieldProblem[] | undefined
}

type Props = {
  title?: string
  problem: Explained
  action?: { label: string; run: () => void }
  quiet?: boolean
}

/** The one way an error looks. */
export function ProblemNote({ title, problem, action, quiet = false }: Props) {
  return (
    <div className="problem" role={quiet ? undefined : 'alert'}>
      <Icon name="alert" />
      <div className="problem-body">
        {title && <p className="problem-title">{title}</p>}
        <p className="problem-detail">
          <InlineCode source={problem.detail} />
        </p>
        {problem.fields?.map((field) => (
          <p key={field.path} className="problem-detail">
            <code>{field.path}</code> {field.message}
          </p>
        ))}
        <p className="problem-hint">
          <InlineCode source={problem.hint} />
        </p>
        {(problem.code || problem.trace_id) && (
          <p className="problem-code">
            {problem.code}
            {problem.trace_id ? ` · ${text.common.trace(problem.trace_id)}` : ''}
          </p>
        )}
        {action && (
          <button type="button" className="button button-small" onClick={action.run}>
            <Icon name="refresh" />
            {action.label}
          </button>
        )}
      </div>
    </div>
  )
}

/** Shows nothing without an error. */
export function ErrorNote({ error, ...rest }: { error: unknown } & Omit<Props, 'problem'>) {
  if (!error) return null
  return <ProblemNote {...rest} problem={explain(error)} />
}

/** What the client library says of a silent server is meant for a terminal. */
export function forPage(problem: Problem): Explained {
  return problem.status === 0 ? text.problem.noAnswer : problem
}

function explain(error: unknown): Explained {
  if (error instanceof MoleculeError) return forPage(error.problem)
  return { detail: text.problem.unknownDetail, hint: text.problem.unknownHint }
}
