import { readStored, writeStored } from '../lib/browser-storage.ts'

const keyOf = (workspaceId: string) => `molecule.draft.${workspaceId}`

/** An unsent message outlives closing the drawer and reloading the page. */
export const readDraft = (workspaceId: string) => readStored(keyOf(workspaceId)) ?? ''

export const writeDraft = (workspaceId: string, draft: string) =>
  writeStored(keyOf(workspaceId), draft === '' ? null : draft)
