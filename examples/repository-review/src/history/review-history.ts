import type { Review } from '../finding.ts'
import type { Git } from '../repository/git.ts'
import { depthNotes } from '../repository/history-depth.ts'
import { count, limits } from '../repository/limits.ts'
import type { Repository } from '../repository/repository.ts'
import type { Progress } from '../specialist.ts'
import { conflictMarkers } from './conflict-markers.ts'
import { blobSizes, readPastFiles } from './past-files.ts'
import { credentialFiles, fetchedFolders, largeFiles } from './past-rules.ts'

/** What is risky about how the repository came to be. */
export async function reviewHistory(repository: Repository, progress: Progress): Promise<Review> {
  const past = repository.git ? await reviewPast(repository, repository.git, progress) : nothing
  const markers = repository.files.flatMap((path) =>
    conflictMarkers(path, repository.text(path) ?? ''),
  )
  await progress.step('files searched for unfinished merges', 3, 3)
  return { ...past, findings: [...past.findings, ...markers] }
}

const nothing: Review = { findings: [], notes: [], checked: 'unfinished merges in the files' }

async function reviewPast(repository: Repository, git: Git, progress: Progress): Promise<Review> {
  const { signal } = progress
  const tracked = new Set(repository.files)
  const { files, cut } = await readPastFiles(git, signal)
  const commits = new Set(files.map(({ commit }) => commit)).size
  await progress.step(`${count(commits, 'commit')} read`, 1, 3)
  const named = [...credentialFiles(files, tracked), ...fetchedFolders(files, tracked)]
  await progress.step(`${count(files.length, 'file version')} checked by name`, 2, 3)
  const sizes = await blobSizes(git, [...new Set(files.map(({ blob }) => blob))], signal)
  const notes = await depthNotes(git, signal)
  if (cut)
    notes.push(
      `Only the first ${limits.gitListBytes / 1_000_000} MB of the history's list of files were read.`,
    )
  return {
    findings: [...named, ...largeFiles(files, sizes)],
    notes,
    checked: `${count(commits, 'commit')} with ${count(files.length, 'file version')}, and unfinished merges`,
  }
}
