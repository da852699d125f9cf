import type { Config } from '@molecule/contract/config'
import { useEffect, useState } from 'react'
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
  const [isKept, setIsKept] = useState(true)
  const draft = isChanged(held) ? held : emptyDraft(revision)
  const setDraft = (next: ConfigDraft) => {
    setIsKept(writeConfigDraft(workspace_id, next))
    setHeld(next)
  }
  useLeaveGuard(!isKept)
  return { draft, setDraft, isKept }
}

/** The browser asks before it leaves the page. */
function useLeaveGuard(isOn: boolean) {
  useEffect(() => {
    if (!isOn) return
    const ask = (event: BeforeUnloadEvent) => event.preventDefault()
    window.addEventListener('beforeunload', ask)
    return () => window.removeEventListener('beforeunload', ask)
  }, [isOn])
}
