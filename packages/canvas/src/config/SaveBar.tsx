import type { Config } from '@molecule/contract/config'
import { useState } from 'react'
import { ActionButton } from '../ui/ActionButton.tsx'
import { Field } from '../ui/Field.tsx'
import { ErrorNote } from '../ui/ProblemNote.tsx'
import type { ConfigDraft } from './config-draft.ts'
import { configText as words } from './config-text.ts'
import { DiscardDialog } from './DiscardDialog.tsx'
import { DraftChanges } from './DraftChanges.tsx'
import type { ConfigSave } from './use-config-save.ts'

type Props = {
  config: Config
  draft: ConfigDraft
  setDraft: (draft: ConfigDraft) => void
  save: ConfigSave
  onDiscard: () => void
}

export function SaveBar({ config, draft, setDraft, save, onDiscard }: Props) {
  const [isDiscarding, setIsDiscarding] = useState(false)
  return (
    <>
      {draft.base === config.revision && <DraftChanges config={config} draft={draft} />}
      <Field label={words.note} hint={words.noteHint}>
        {(wiring) => (
          <input
            {...wiring}
            className="input"
            maxLength={200}
            value={draft.note}
            onChange={({ target }) => setDraft({ ...draft, note: target.value })}
          />
        )}
      </Field>
      <ErrorNote error={save.rest} />
      <div className="toolbar">
        <ActionButton
          right="workspaces:write"
          icon="check"
          look="primary"
          busy={save.busy}
          onClick={() => void save.run()}
        >
          {words.save}
        </ActionButton>
        <button type="button" className="button" onClick={() => setIsDiscarding(true)}>
          {words.discard}
        </button>
      </div>
      {isDiscarding && (
        <DiscardDialog
          title={words.discardTitle}
          confirm={words.discard}
          draft={draft}
          onDiscard={onDiscard}
          onClose={() => setIsDiscarding(false)}
        />
      )}
    </>
  )
}
