import type { SecretEntry } from '@molecule/contract/secret'
import type { Workspace } from '@molecule/contract/workspace'
import { useState } from 'react'
import { RestartAction } from '../drawer/RestartAction.tsx'
import { SecretDialog } from '../settings/secrets/SecretDialog.tsx'
import { useSecretChanges } from '../settings/secrets/use-secret-changes.ts'
import { settingsText } from '../settings/settings-text.ts'
import { runningWithOldValues } from '../state/old-values.ts'
import { ActionButton } from '../ui/ActionButton.tsx'
import { EmptyNote, LoadedList } from '../ui/LoadedList.tsx'
import { ReadOnlyNote } from '../ui/Rights.tsx'
import { useList } from '../use-list.ts'
import { useCanvas } from '../use-services.ts'
import { type AboutSecret, OwnSecretRow } from './OwnSecretRow.tsx'
import { RemoveOwnSecretDialog } from './RemoveOwnSecretDialog.tsx'

const words = settingsText.secrets

type Asking = { what: 'add' } | AboutSecret

/** The global secrets that a workspace gets, and those of its own that take their place. */
export function OwnSecrets({ workspace }: { workspace: Workspace }) {
  const { id, name } = workspace
  const [asking, setAsking] = useState<Asking>()
  const list = useList(`secrets ${id}`, ({ client }, signal) =>
    client.secrets.workspace.list(id, { signal }),
  )
  const { outcome, named, note } = useSecretChanges(list.reload)
  const isOld = useCanvas(({ live }) => runningWithOldValues(live, named).some((w) => w.id === id))
  const close = () => setAsking(undefined)
  return (
    <>
      <ReadOnlyNote right="secrets:write" />
      {isOld && (
        <div className="notice notice-stacked" data-tone="wait">
          <p className="notice-title">{words.oldValuesOwn}</p>
          <RestartAction workspace={workspace} />
        </div>
      )}
      <LoadedList of={list} failed={words.failed} loading={words.loading}>
        {(secrets) =>
          secrets.length === 0 ? (
            <EmptyNote title={words.emptyTitle}>{words.emptyWorkspace}</EmptyNote>
          ) : (
            <ul className="records">
              {secrets.map((secret) => (
                <OwnSecretRow key={secret.key} secret={secret} ask={setAsking} />
              ))}
            </ul>
          )
        }
      </LoadedList>
      <div className="toolbar">
        <ActionButton
          right="secrets:write"
          icon="plus"
          small
          onClick={() => setAsking({ what: 'add' })}
        >
          {words.add}
        </ActionButton>
        <p className="toolbar-note" role="status">
          {outcome}
        </p>
      </div>
      {asking?.what === 'remove' && (
        <RemoveOwnSecretDialog
          workspace={workspace}
          secret={asking.secret}
          onRemoved={note}
          onClose={close}
        />
      )}
      {(asking?.what === 'add' || asking?.what === 'set') && (
        <SecretDialog
          title={titleOf(asking, name)}
          of={asking.what === 'set' ? asking.secret.key : undefined}
          taken={ownKeys(list.value)}
          save={(client, body) => client.secrets.workspace.save(id, body)}
          onSaved={note}
          onClose={close}
        />
      )}
    </>
  )
}

function titleOf(asking: Asking, name: string) {
  if (asking.what === 'add') return words.addOwnTitle(name)
  const { scope, key } = asking.secret
  return scope === 'global' ? words.overrideTitle(key) : words.replaceTitle(key)
}

const ownKeys = (secrets: readonly SecretEntry[] = []) =>
  secrets.filter(({ scope }) => scope === 'workspace').map(({ key }) => key)
