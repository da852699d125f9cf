import type { DeletedSecret, Dependent } from '@molecule/contract/secret'
import { text } from '../../strings.ts'
import { ConfirmDialog } from '../../ui/ConfirmDialog.tsx'
import { ErrorNote } from '../../ui/ProblemNote.tsx'
import { useAction } from '../../use-action.ts'
import { useLoad } from '../../use-load.ts'
import { settingsText } from '../settings-text.ts'

const words = settingsText.secrets
const namesShown = 8

type Props = {
  name: string
  onRemoved: (deleted: DeletedSecret) => void
  onClose: () => void
}

/** Names who loses it; never says that nobody does without knowing. */
export function RemoveSecretDialog({ name, onRemoved, onClose }: Props) {
  const users = useLoad(name, '', ({ client }, signal) =>
    client.secrets.global.dependents(name, { signal }),
  )
  const remove = useAction(async ({ client }) => {
    const deleted = await client.secrets.global.remove(name)
    onClose()
    onRemoved(deleted)
  })
  return (
    <ConfirmDialog
      title={words.removeTitle(name)}
      confirm={words.remove}
      danger
      busy={remove.busy}
      ready={users.value !== undefined || users.error !== null}
      onConfirm={() => void remove.run()}
      onClose={onClose}
    >
      {users.value ? (
        <Dependents of={users.value.dependents} />
      ) : (
        !users.error && <p role="status">{words.dependentsLoading}</p>
      )}
      <ErrorNote
        title={words.dependentsFailed}
        error={users.error}
        action={{ label: text.common.retry, run: users.reload }}
      />
      <ErrorNote error={remove.error} />
    </ConfirmDialog>
  )
}

function Dependents({ of: dependents }: { of: readonly Dependent[] }) {
  if (dependents.length === 0) return <p>{words.noDependents}</p>
  const more = dependents.length - namesShown
  return (
    <>
      <p>{words.dependents(dependents.length)}</p>
      <ul className="names">
        {dependents.slice(0, namesShown).map(({ id, name }) => (
          <li key={id}>{name}</li>
        ))}
        {more > 0 && <li>{words.andMore(more)}</li>}
      </ul>
    </>
  )
}
