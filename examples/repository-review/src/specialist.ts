import { text as readAll } from 'node:stream/consumers'
import { taskEnvironment } from './environment.ts'
import { mergeFindings, type Review } from './finding.ts'
import { count, limits } from './repository/limits.ts'
import { openRepository, type Repository } from './repository/repository.ts'
import { repositoryIn } from './request.ts'
import { say } from './say.ts'

export type Progress = {
  /** Says that part `done` of `of` has been done. */
  step: (what: string, done: number, of: number) => Promise<void>
  signal: AbortSignal
}

export type Reviewer = (repository: Repository, progress: Progress) => Promise<Review>

type Options = { onStep?: (done: number, of: number) => Promise<void>; notes?: readonly string[] }

/** A specialist as a program: the request on standard input, progress on standard error, the review as the answer. */
export async function runSpecialist(reviewer: Reviewer, options: Options = {}): Promise<void> {
  const { signal } = new AbortController()
  try {
    const folder = repositoryIn(await readAll(process.stdin))
    say(`attempt ${taskEnvironment().attempt}: reading ${folder}`)
    const repository = await openRepository(folder, { signal })
    const step = async (what: string, done: number, of: number) => {
      say(`${done}/${of} ${what}`)
      await options.onStep?.(done, of)
    }
    const review = await reviewer(repository, { step, signal })
    const notes = [...(options.notes ?? []), ...repository.notes(), ...review.notes]
    process.stdout.write(JSON.stringify(capped({ ...review, notes })))
  } catch (error) {
    say(error instanceof Error ? error.message : String(error))
    process.exitCode = 1
  }
}

function capped({ findings, notes, checked }: Review): Review {
  const sorted = mergeFindings(findings)
  const kept = sorted.slice(0, limits.findings)
  const dropped = sorted.length - kept.length
  if (dropped === 0) return { findings: kept, notes, checked }
  const note = `${count(dropped, 'further finding')} of lower severity left out.`
  return { findings: kept, notes: [...notes, note], checked }
}
