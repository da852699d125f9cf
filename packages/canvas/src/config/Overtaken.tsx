import type { Config } from '@molecule/contract/config'
import { useState } from 'react'
import { type ConfigDraft, emptyDraft } from './config-draft.ts'
import { configText as words } from './config-text.ts'
import { DiscardDialog } from './DiscardDialog.tsx'
import { DraftChanges } from './DraftChanges.tsx'

type Props = { config: Config; draft: ConfigDraft; setDraft: (draft: ConfigDraft) => void }

/** Somebody else has saved since the draft was begun: theirs, mine, or first the difference. */
export function Overtaken({ config, draft, setDraft }: Props) {
  const [isTaking, setIsTaking] = useState(false)
  return (
    <div className="notice" role="alert">
      <div className="overtaken">
        <p className="notice-title">{words.theirs}</p>
        <p>{words.theirsBody}</p>
        <div className="toolbar">
          <button
            type="button"
            className="button button-small"
            onClick={() => setDraft({ ...draft, base: config.revision })}
          >
            {words.keepMine}
          </button>
          <button type="button" className="button button-small" onClick={() => setIsTaking(true)}>
            {words.takeTheirs}
          </button>
        </div>
        <DraftChanges config={config} draft={draft} hint={words.theirsToMine} />
      </div>
      {isTaking && (
        <DiscardDialog
          title={words.takeTitle}
          confirm={words.takeTheirs}
          draft={draft}
          onDiscard={() => setDraft(emptyDraft(config.revision))}
          onClose={() => setIsTaking(false)}
        />
      )}
    </div>
  )
}
