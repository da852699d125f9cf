import type { Config } from '@molecule/contract/config'
import { useState } from 'react'
import {
  type ConfigDraft,
  emptyDraft,
  isChanged,
  readConfigDraft,
  writeConfigDraft,
} from './config-draft.ts'

/** The draft of a workspace; without changes it is based on whatever is there now. */
export function useConfigDraft({ workspace_id, revision }: Config) {
  const [held, setHeld] = useState(() => readConfigDraft(workspace_id) ?? emptyDraft(revision))
  const draft = isChanged(held) ? held : emptyDraft(revision)
  const setDraft = (next: ConfigDraft) => {
    writeConfigDraft(workspace_id, next)
    setHeld(next)
  }
  return { draft, setDraft }
}
