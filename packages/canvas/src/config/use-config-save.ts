import type { Config } from '@molecule/contract/config'
import { useEffect, useRef, useState } from 'react'
import { useAction } from '../use-action.ts'
import { afterSave, type ConfigDraft, pathsOf, textAt } from './config-draft.ts'
import { fileProblems, isConflict } from './config-refusal.ts'

type Saving = {
  config: Config
  draft: ConfigDraft
  setDraft: (draft: ConfigDraft) => void
  onSaved: () => void
  /** Told the file to look at. */
  onRefused: (file: string) => void
}

/** Saves a draft; of a refusal each file tells what concerns it, until it is changed. */
export function useConfigSave({ config, draft, setDraft, onSaved, onRefused }: Saving) {
  const [asked, setAsked] = useState(draft)
  const latest = useRef(draft)
  useEffect(() => {
    latest.current = draft
  })
  const { run, busy, error } = useAction(async ({ client }) => {
    setAsked(draft)
    try {
      const { base, changes: files, note } = draft
      const saved = await client.config.save(config.workspace_id, { base, files, note })
      setDraft(afterSave(latest.current, draft, saved.revision))
    } catch (failure) {
      const [first] = fileProblems(failure, pathsOf(draft, config.files))
      if (first) onRefused(first.file)
      throw failure
    } finally {
      // Also after a conflict: what is there now tells who has overtaken whom.
      onSaved()
    }
  })
  const all = fileProblems(error, pathsOf(asked, config.files))
  const isAsAsked = (file: string) =>
    textAt(draft, config.files, file) === textAt(asked, config.files, file)
  const isTold = all.length > 0 || (isConflict(error) && draft.base !== config.revision)
  return {
    ...{ run, busy, rest: isTold ? null : error },
    problems: all.filter(({ file }) => isAsAsked(file)),
  }
}

export type ConfigSave = ReturnType<typeof useConfigSave>
