import type { Repository } from '../repository/repository.ts'
import type { Progress } from '../specialist.ts'

export type GivenRepository = Repository & {
  /** How often each file was read. */
  reads: Map<string, number>
}

/** A repository in memory, without git. */
export function givenRepository(files: Record<string, string>): GivenRepository {
  const reads = new Map<string, number>()
  return {
    name: 'given',
    root: '/given',
    files: Object.keys(files).sort(),
    text(path) {
      reads.set(path, (reads.get(path) ?? 0) + 1)
      return files[path]
    },
    git: undefined,
    notes: () => [],
    reads,
  }
}

export const noProgress: Progress = {
  step: async () => {},
  signal: new AbortController().signal,
}

export const places = (found: readonly { rule: string; file: string; line: number }[]) =>
  found.map(({ rule, file, line }) => `${rule} ${file}:${line}`).sort()
