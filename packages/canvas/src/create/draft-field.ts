import type { Chosen, WorkspaceDraft } from './workspace-draft.ts'

/** What every field of a draft works with. */
export type DraftField = {
  draft: WorkspaceDraft
  set: (part: Partial<WorkspaceDraft>) => void
  chosen: Chosen
  problemAt: (field: string) => string | undefined
}
