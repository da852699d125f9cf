import type { Workspace } from '@molecule/contract/workspace'
import { useState } from 'react'
import { NameField } from '../settings/NameField.tsx'
import { settingsText } from '../settings/settings-text.ts'
import { ShownToken } from '../settings/tokens/ShownToken.tsx'
import { DialogForm } from '../ui/DialogForm.tsx'
import { Modal } from '../ui/Modal.tsx'
import { useAction } from '../use-action.ts'

const words = settingsText.tokens

type Props = { workspace: Workspace; onCreated: () => void; onClose: () => void }

export function CreateOwnTokenDialog({ workspace, onCreated, onClose }: Props) {
  const [name, setName] = useState('')
  const [token, setToken] = useState<string>()
  const create = useAction(async ({ client }) => {
    const minted = await client.tokens.workspace.create(workspace.id, { name: name.trim() })
    setToken(minted.auth_token)
    onCreated()
  })
  if (token) return <ShownToken name={name.trim()} token={token} onClose={onClose} />
  return (
    <Modal title={words.createWorkspaceTitle(workspace.name)} onClose={onClose}>
      <DialogForm
        submit={words.make}
        busy={create.busy}
        error={create.error}
        onSubmit={() => void create.run()}
        onClose={onClose}
      >
        <NameField label={words.name} hint={words.nameHint} value={name} onChange={setName} />
      </DialogForm>
    </Modal>
  )
}
