import type { Role } from '@molecule/contract/identity'
import type { LoginLink } from '@molecule/contract/session'
import { useState } from 'react'
import { formatDateTime } from '../../lib/format.ts'
import { text } from '../../strings.ts'
import { Choices } from '../../ui/Choices.tsx'
import { CopyField } from '../../ui/CopyField.tsx'
import { DialogForm } from '../../ui/DialogForm.tsx'
import { Modal } from '../../ui/Modal.tsx'
import { useAction } from '../../use-action.ts'
import { NameField } from '../NameField.tsx'
import { settingsText } from '../settings-text.ts'

const words = settingsText.people

const roles: readonly Role[] = ['viewer', 'operator', 'owner']
const choices = roles.map((value) => ({
  value,
  label: text.roleLabel[value],
  hint: settingsText.role[value].does,
}))

/** Asks who, and answers with a link that is shown once. */
export function InviteDialog({ onClose }: { onClose: () => void }) {
  const [name, setName] = useState('')
  const [role, setRole] = useState<Role>('viewer')
  const [link, setLink] = useState<LoginLink>()
  const invite = useAction(async ({ client }) =>
    setLink(await client.session.link({ name: name.trim(), role })),
  )
  if (link) {
    return (
      <Modal title={words.linkTitle(name.trim())} locked onClose={onClose}>
        <div className="dialog-body form">
          <CopyField label={words.link} value={link.url} />
          <p className="warning">{words.linkOnce}</p>
          <p>{words.linkUntil(formatDateTime(Date.parse(link.expires_at)))}</p>
        </div>
        <div className="dialog-actions">
          <button type="button" className="button" onClick={onClose}>
            {text.common.done}
          </button>
        </div>
      </Modal>
    )
  }
  return (
    <Modal title={words.inviteTitle} onClose={onClose}>
      <DialogForm
        submit={words.makeLink}
        busy={invite.busy}
        error={invite.error}
        onSubmit={() => void invite.run()}
        onClose={onClose}
      >
        <NameField label={words.name} hint={words.nameHint} value={name} onChange={setName} />
        <Choices legend={words.roleLegend} choices={choices} value={role} onChange={setRole} />
      </DialogForm>
    </Modal>
  )
}
