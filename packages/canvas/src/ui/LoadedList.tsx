import type { ReactNode } from 'react'
import { text } from '../strings.ts'
import type { Loaded } from '../use-load.ts'
import { ErrorNote } from './ProblemNote.tsx'

type Props<T> = {
  of: Loaded<T>
  /** What could not be read, as a title of the error. */
  failed: string
  loading: string
  children: (value: T) => ReactNode
}

/** Loading, broken or there. What was read before stays in sight beside the error of reading it again. */
export function LoadedList<T>({ of, failed, loading, children }: Props<T>) {
  return (
    <>
      <ErrorNote
        title={failed}
        error={of.error}
        action={{ label: text.common.retry, run: of.reload }}
      />
      {of.value === undefined && !of.error && (
        <p className="loading" role="status">
          {loading}
        </p>
      )}
      {of.value !== undefined && children(of.value)}
    </>
  )
}

export function EmptyNote({ title, children }: { title: string; children: ReactNode }) {
  return (
    <section className="empty empty-boxed">
      <h3>{title}</h3>
      <p>{children}</p>
    </section>
  )
}
