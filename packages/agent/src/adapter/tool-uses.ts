import type { Sink } from '../adapter.ts'

type Begun = {
  readonly id: string
  readonly name: string
  readonly input: unknown
  /** What it does, in the words of the program. */
  readonly kind?: string | undefined
}
type Ended = { readonly id: string; readonly output: string; readonly isError: boolean }

const shownUnits = 300

/** The tools that a model uses: each is shown when it begins, and told of when it has ended. */
export function toolUses(sink: Sink) {
  const running = new Map<string, Begun>()
  return {
    begin(use: Begun) {
      running.set(use.id, use)
      sink.output('stderr', `${shown(use)}\n`)
    },
    /** What goes into it may be known only after it has begun. */
    learn(id: string, input: unknown) {
      const use = running.get(id)
      if (!use || input === undefined || JSON.stringify(input) === JSON.stringify(use.input)) return
      const known = { ...use, input }
      running.set(id, known)
      sink.output('stderr', `${shown(known)}\n`)
    },
    end({ id, output, isError }: Ended) {
      const use = running.get(id)
      running.delete(id)
      if (!use) return
      if (isError) sink.output('stderr', `${use.name} failed: ${output.slice(0, shownUnits)}\n`)
      sink.tool({ name: use.name, input: use.input, output, isError })
    },
    kindOf: (id: string) => running.get(id)?.kind,
    isAnyRunning: () => running.size > 0,
  }
}

const shown = ({ name, input }: Begun) =>
  `${name} ${typeof input === 'string' ? input : JSON.stringify(input ?? {})}`.slice(0, shownUnits)
