import type { SavedSecret, SaveSecret } from '@molecule/contract/secret'
import { problemOfSecretName } from '@molecule/contract/secret-name'
import type { Client } from '@molecule/sdk'
import { useState } from 'react'
import { DialogForm } from '../../ui/DialogForm.tsx'
import { Modal } from '../../ui/Modal.tsx'
import { useAction } from '../../use-action.ts'
import { settingsText } from '../settings-text.ts'
import { SecretNameField } from './SecretNameField.tsx'
import { SecretValueField } from './SecretValueField.tsx'

const words = settingsText.secrets

type Props = {
  title: string
  /** The secret that gets another value; without it the dialog asks for a name. */
  of?: string | undefined
  taken: readonly string[]
  save: (client: Client, body: SaveSecret) => Promise<SavedSecret>
  onSaved: (saved: SavedSecret) => void
  onClose: () => void
}

/** The value lives as long as this dialog, which goes once it is saved. */
export function SecretDialog({ title, of, taken, save, onSaved, onClose }: Props) {
  const [key, setKey] = useState(of ?? '')
  const [value, setValue] = useState('')
  const action = useAction(async ({ client }) => {
    const saved = await save(client, { key, value })
    onClose()
    onSaved(saved)
  })
  const submit = () => {
    if (of || !problemOfSecretName(key)) void action.run()
  }
  return (
    <Modal title={title} onClose={onClose}>
      <DialogForm
        submit={words.save}
        busy={action.busy}
        error={action.error}
        onSubmit={submit}
        onClose={onClose}
      >
        {of === undefined && (
          <SecretNameField value={key} isTaken={taken.includes(key)} onChange={setKey} />
        )}
        <SecretValueField value={value} onChange={setValue} />
      </DialogForm>
    </Modal>
  )
}
