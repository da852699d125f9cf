import type { DeletedSecret, SecretEntry } from '@molecule/contract/secret'
import type { Workspace } from '@molecule/contract/workspace'
import { settingsText } from '../settings/settings-text.ts'
import { ConfirmDialog } from '../ui/ConfirmDialog.tsx'
import { ErrorNote } from '../ui/ProblemNote.tsx'
import { useAction } from '../use-action.ts'

const words = settingsText.secrets

type Props = {
  workspace: Workspace
  secret: SecretEntry
  onRemoved: (deleted: DeletedSecret) => void
  onClose: () => void
}

/** Says what then applies: the global value, or none. */
export function RemoveOwnSecretDialog({ workspace, secret, onRemoved, onClose }: Props) {
  const { key, overrides_global } = secret
  const remove = useAction(async ({ client }) => {
    const deleted = await client.secrets.workspace.remove(workspace.id, key)
    onClose()
    onRemoved(deleted)
  })
  const consequence = overrides_global ? words.removeOwnGlobal : words.removeOwnNothing
  return (
    <ConfirmDialog
      title={words.removeTitle(key)}
      confirm={words.remove}
      danger
      busy={remove.busy}
      onConfirm={() => void remove.run()}
      onClose={onClose}
    >
      <p>{consequence(key, workspace.name)}</p>
      <ErrorNote error={remove.error} />
    </ConfirmDialog>
  )
}
