import { useState } from 'react'
import { DialogForm } from '../ui/DialogForm.tsx'
import { Field } from '../ui/Field.tsx'
import { Modal } from '../ui/Modal.tsx'
import { pathProblem } from './config-draft.ts'
import { configText as words } from './config-text.ts'

type Props = { taken: readonly string[]; onAdd: (path: string) => void; onClose: () => void }

export function AddFileDialog({ taken, onAdd, onClose }: Props) {
  const [path, setPath] = useState('')
  const [isAsked, setIsAsked] = useState(false)
  const problem = pathProblem(path.trim(), taken)
  const add = () => {
    setIsAsked(true)
    if (problem) return
    onAdd(path.trim())
    onClose()
  }
  return (
    <Modal title={words.addTitle} onClose={onClose}>
      <DialogForm submit={words.make} busy={false} error={null} onSubmit={add} onClose={onClose}>
        <Field label={words.path} hint={words.addHint} problem={isAsked ? problem : undefined}>
          {(wiring) => (
            <input
              {...wiring}
              className="input mono"
              maxLength={300}
              spellCheck={false}
              value={path}
              onChange={({ target }) => setPath(target.value)}
            />
          )}
        </Field>
      </DialogForm>
    </Modal>
  )
}
