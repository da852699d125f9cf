import type { Right } from '@molecule/contract/identity'
import { useState } from 'react'
import { Choices } from '../../ui/Choices.tsx'
import { DialogForm } from '../../ui/DialogForm.tsx'
import { Modal } from '../../ui/Modal.tsx'
import { useAction } from '../../use-action.ts'
import { NameField } from '../NameField.tsx'
import { settingsText } from '../settings-text.ts'
import { expiryChoices, usualExpiryS } from './lifetimes.ts'
import { ScopeChoices } from './ScopeChoices.tsx'
import { ShownToken } from './ShownToken.tsx'
import { presets } from './scopes.ts'

const words = settingsText.tokens

type Props = { onCreated: () => void; onClose: () => void }

export function CreateTokenDialog({ onCreated, onClose }: Props) {
  const [name, setName] = useState('')
  const [scopes, setScopes] = useState<readonly Right[]>(presets.watch)
  const [expiresInS, setExpiresInS] = useState(usualExpiryS)
  const [token, setToken] = useState<string>()
  const create = useAction(async ({ client }) => {
    const body = { name: name.trim(), scopes: [...scopes], expires_in_s: expiresInS }
    setToken((await client.tokens.org.create(body)).auth_token)
    onCreated()
  })
  if (token) return <ShownToken name={name.trim()} token={token} onClose={onClose} />
  return (
    <Modal title={words.createTitle} wide onClose={onClose}>
      <DialogForm
        submit={words.make}
        busy={create.busy}
        error={create.error}
        onSubmit={() => {
          if (scopes.length > 0) void create.run()
        }}
        onClose={onClose}
      >
        <NameField label={words.name} hint={words.nameHint} value={name} onChange={setName} />
        <ScopeChoices scopes={scopes} onChange={setScopes} />
        <Choices
          legend={words.expires}
          choices={expiryChoices}
          value={expiresInS}
          onChange={setExpiresInS}
          inline
        />
      </DialogForm>
    </Modal>
  )
}
