import { useState } from 'react'
import { readStored, writeStored } from '../lib/browser-storage.ts'
import { emptyWorkspaceDraft, type WorkspaceDraft } from './workspace-draft.ts'

const key = 'molecule.new-workspace'

/** A draft outlives a dialog that was closed by mistake, and a reload; keys that were typed do not. */
export function useWorkspaceDraft(parentId: string | undefined) {
  const [draft, hold] = useState(() => ({
    ...read(),
    ...(parentId === undefined ? {} : { parentId }),
  }))
  const set = (part: Partial<WorkspaceDraft>) => {
    const next = { ...draft, ...part }
    hold(next)
    writeStored(key, JSON.stringify({ ...next, secrets: {} }))
  }
  return { draft, set }
}

export const forgetWorkspaceDraft = () => writeStored(key, null)

function read(): WorkspaceDraft {
  try {
    const stored = JSON.parse(readStored(key) ?? '{}') as Partial<WorkspaceDraft>
    return { ...emptyWorkspaceDraft, ...stored }
  } catch {
    return emptyWorkspaceDraft
  }
}
