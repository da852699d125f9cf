import type { Config } from '@molecule/contract/config'
import { MoleculeError } from '@molecule/sdk'
import { useState } from 'react'
import { ActionButton } from '../ui/ActionButton.tsx'
import { ConfirmDialog } from '../ui/ConfirmDialog.tsx'
import { Field } from '../ui/Field.tsx'
import { ErrorNote } from '../ui/ProblemNote.tsx'
import { useAction } from '../use-action.ts'
import { useRight } from '../use-right.ts'
import { AddFileDialog } from './AddFileDialog.tsx'
import {
  type ConfigDraft,
  changed,
  emptyDraft,
  isChanged,
  pathsOf,
  textAt,
} from './config-draft.ts'
import { configText as words } from './config-text.ts'
import { useConfigDraft } from './use-config-draft.ts'

type Props = { config: Config; onSaved: () => void }

/** One file at a time; what is changed and not saved is kept, whatever file is looked at. */
export function ConfigFiles({ config, onSaved }: Props) {
  const { draft, setDraft } = useConfigDraft(config)
  const paths = pathsOf(draft, config.files)
  const [asked, setAsked] = useState('config.yaml')
  const path = paths.includes(asked) ? asked : (paths[0] ?? 'config.yaml')
  const edit = (at: string, text: string | null) => setDraft(changed(draft, config.files, at, text))
  return (
    <section className="section">
      {draft.base !== config.revision && isChanged(draft) && (
        <Overtaken
          onKeep={() => setDraft({ ...draft, base: config.revision })}
          onTake={() => setDraft(emptyDraft(config.revision))}
        />
      )}
      <FilePicker
        paths={paths}
        path={path}
        draft={draft}
        onPick={setAsked}
        onAdd={(added) => {
          edit(added, '')
          setAsked(added)
        }}
        onRemove={() => edit(path, null)}
      />
      <Editor
        path={path}
        text={textAt(draft, config.files, path)}
        onChange={(text) => edit(path, text)}
      />
      <SaveBar config={config} draft={draft} setDraft={setDraft} onSaved={onSaved} />
    </section>
  )
}

type PickerProps = {
  paths: readonly string[]
  path: string
  draft: ConfigDraft
  onPick: (path: string) => void
  onAdd: (path: string) => void
  onRemove: () => void
}

function FilePicker({ paths, path, draft, onPick, onAdd, onRemove }: PickerProps) {
  const [isAdding, setIsAdding] = useState(false)
  return (
    <>
      <Field label={words.file}>
        {(wiring) => (
          <select
            {...wiring}
            className="input mono"
            value={path}
            onChange={({ target }) => onPick(target.value)}
          >
            {paths.map((each) => (
              <option key={each} value={each}>
                {Object.hasOwn(draft.changes, each) ? `${each} (${words.changedMark})` : each}
              </option>
            ))}
          </select>
        )}
      </Field>
      <div className="toolbar">
        <ActionButton right="workspaces:write" icon="plus" small onClick={() => setIsAdding(true)}>
          {words.add}
        </ActionButton>
        {path !== 'config.yaml' && (
          <ActionButton
            right="workspaces:write"
            icon="trash"
            look="danger-quiet"
            small
            onClick={onRemove}
          >
            {words.remove}
          </ActionButton>
        )}
      </div>
      {isAdding && <AddFileDialog taken={paths} onAdd={onAdd} onClose={() => setIsAdding(false)} />}
    </>
  )
}

type EditorProps = { path: string; text: string; onChange: (text: string) => void }

function Editor({ path, text, onChange }: EditorProps) {
  const mayWrite = useRight('workspaces:write')
  return (
    <textarea
      className="input mono config-editor"
      aria-label={words.content(path)}
      rows={14}
      spellCheck={false}
      autoCapitalize="off"
      readOnly={!mayWrite}
      value={text}
      onChange={({ target }) => onChange(target.value)}
    />
  )
}

function Overtaken({ onKeep, onTake }: { onKeep: () => void; onTake: () => void }) {
  return (
    <div className="notice" role="alert">
      <div>
        <p className="notice-title">{words.theirs}</p>
        <p>{words.theirsBody}</p>
        <div className="toolbar">
          <button type="button" className="button button-small" onClick={onKeep}>
            {words.keepMine}
          </button>
          <button type="button" className="button button-small" onClick={onTake}>
            {words.takeTheirs}
          </button>
        </div>
      </div>
    </div>
  )
}

type SaveProps = {
  config: Config
  draft: ConfigDraft
  setDraft: (draft: ConfigDraft) => void
  onSaved: () => void
}

function SaveBar({ config, draft, setDraft, onSaved }: SaveProps) {
  const [note, setNote] = useState('')
  const [isDiscarding, setIsDiscarding] = useState(false)
  const save = useAction(async ({ client }) => {
    try {
      const { base, changes: files } = draft
      const saved = await client.config.save(config.workspace_id, { base, files, note })
      setDraft(emptyDraft(saved.revision))
      setNote('')
    } finally {
      // Also after a conflict: what is there now tells who has overtaken whom.
      onSaved()
    }
  })
  if (!isChanged(draft)) return null
  const isOvertaken = draft.base !== config.revision
  return (
    <>
      <Field label={words.note} hint={words.noteHint}>
        {(wiring) => (
          <input
            {...wiring}
            className="input"
            maxLength={200}
            value={note}
            onChange={({ target }) => setNote(target.value)}
          />
        )}
      </Field>
      <ErrorNote error={isConflict(save.error) && isOvertaken ? null : save.error} />
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
        <ConfirmDialog
          title={words.discardTitle}
          confirm={words.discard}
          danger
          busy={false}
          onConfirm={() => {
            setDraft(emptyDraft(config.revision))
            setIsDiscarding(false)
          }}
          onClose={() => setIsDiscarding(false)}
        >
          <p>{words.discardBody(Object.keys(draft.changes))}</p>
        </ConfirmDialog>
      )}
    </>
  )
}

const isConflict = (error: unknown) => error instanceof MoleculeError && error.code === 'conflict'
