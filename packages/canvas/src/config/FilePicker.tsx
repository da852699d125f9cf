import { useState } from 'react'
import { ActionButton } from '../ui/ActionButton.tsx'
import { Field } from '../ui/Field.tsx'
import { AddFileDialog } from './AddFileDialog.tsx'
import type { ConfigDraft } from './config-draft.ts'
import type { FileProblem } from './config-refusal.ts'
import { configText as words } from './config-text.ts'

type Props = {
  paths: readonly string[]
  path: string
  draft: ConfigDraft
  problems: readonly FileProblem[]
  onPick: (path: string) => void
  onAdd: (path: string) => void
  onRemove: () => void
}

export function FilePicker({ paths, path, draft, problems, onPick, onAdd, onRemove }: Props) {
  const [isAdding, setIsAdding] = useState(false)
  const markOf = (each: string) => {
    if (problems.some(({ file }) => file === each)) return ` (${words.refusedMark})`
    return Object.hasOwn(draft.changes, each) ? ` (${words.changedMark})` : ''
  }
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
                {`${each}${markOf(each)}`}
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
