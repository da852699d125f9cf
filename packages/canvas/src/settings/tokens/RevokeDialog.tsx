import type { Client } from '@molecule/sdk'
import { ConfirmDialog } from '../../ui/ConfirmDialog.tsx'
import { ErrorNote } from '../../ui/ProblemNote.tsx'
import { useAction } from '../../use-action.ts'
import { settingsText } from '../settings-text.ts'

const words = settingsText.tokens

type Props = {
  name: string
  revoke: (client: Client) => Promise<unknown>
  onRevoked: () => void
  onClose: () => void
}

export function RevokeDialog({ name, revoke, onRevoked, onClose }: Props) {
  const action = useAction(async ({ client }) => {
    await revoke(client)
    onClose()
    onRevoked()
  })
  return (
    <ConfirmDialog
      title={words.revokeTitle(name)}
      confirm={words.revoke}
      danger
      busy={action.busy}
      onConfirm={() => void action.run()}
      onClose={onClose}
    >
      <p>{words.revokeBody}</p>
      <ErrorNote error={action.error} />
    </ConfirmDialog>
  )
}
