import type { Git } from './git.ts'
import { count, limits } from './limits.ts'

/** What of the history a review cannot have seen. */
export async function depthNotes(git: Git, signal: AbortSignal): Promise<string[]> {
  const ask = async (...args: string[]) =>
    (await git.text({ args, maxBytes: 1_000, signal })).text.trim()
  const commits = await ask('rev-list', '--all', '--count', `--max-count=${limits.commits + 1}`)
  const shallow = await ask('rev-parse', '--is-shallow-repository')
  return [
    ...(Number(commits) > limits.commits
      ? [`Of the history, only the newest ${count(limits.commits, 'commit')} were read.`]
      : []),
    ...(shallow === 'true'
      ? ['This is a shallow clone: older commits are not here to be read.']
      : []),
  ]
}
