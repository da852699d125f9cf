import type { Config } from '@molecule/contract/config'
import { useState } from 'react'
import { DiffView } from '../ui/DiffView.tsx'
import { type ConfigDraft, savedWith } from './config-draft.ts'
import { configText as words } from './config-text.ts'

type Props = { config: Config; draft: ConfigDraft; hint?: string }

/** What saving would change of what is there now. */
export function DraftChanges({ config: { files }, draft, hint }: Props) {
  const [isOpen, setIsOpen] = useState(false)
  return (
    <>
      <button
        type="button"
        className="button button-small diff-toggle"
        aria-expanded={isOpen}
        onClick={() => setIsOpen(!isOpen)}
      >
        {isOpen ? words.hideDifference : words.seeDifference}
      </button>
      {isOpen && (
        <>
          {hint && <p className="faint">{hint}</p>}
          <DiffView
            before={files}
            after={savedWith(draft, files)}
            paths={Object.keys(draft.changes).sort()}
          />
        </>
      )}
    </>
  )
}
