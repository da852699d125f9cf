import type { SecretEntry } from '@molecule/contract/secret'
import { useState } from 'react'
import { ActionButton } from '../../ui/ActionButton.tsx'
import { EmptyNote, LoadedList } from '../../ui/LoadedList.tsx'
import { ReadOnlyNote } from '../../ui/Rights.tsx'
import { useList } from '../../use-list.ts'
import { settingsText } from '../settings-text.ts'
import { OldValuesNotice } from './OldValuesNotice.tsx'
import { RemoveSecretDialog } from './RemoveSecretDialog.tsx'
import { SecretDialog } from './SecretDialog.tsx'
import { SecretRow } from './SecretRow.tsx'
import { useSecretChanges } from './use-secret-changes.ts'

const words = settingsText.secrets

type Asking = { what: 'add' } | { what: 'replace' | 'remove'; key: string }

/** What every workspace finds in its environment, unless it has its own. */
export function SecretsSection() {
  const [asking, setAsking] = useState<Asking>()
  const list = useList('secrets', ({ client }, signal) => client.secrets.global.list({ signal }))
  const { outcome, named, note } = useSecretChanges(list.reload)
  const close = () => setAsking(undefined)
  return (
    <>
      <ReadOnlyNote right="secrets:write" />
      <OldValuesNotice named={named} />
      <div className="toolbar">
        <ActionButton
          right="secrets:write"
          icon="plus"
          look="primary"
          onClick={() => setAsking({ what: 'add' })}
        >
          {words.add}
        </ActionButton>
        <p className="toolbar-note" role="status">
          {outcome}
        </p>
      </div>
      <LoadedList of={list} failed={words.failed} loading={words.loading}>
        {(secrets) => <Secrets secrets={secrets} ask={setAsking} />}
      </LoadedList>
      {asking?.what === 'remove' && (
        <RemoveSecretDialog name={asking.key} onRemoved={note} onClose={close} />
      )}
      {(asking?.what === 'add' || asking?.what === 'replace') && (
        <SecretDialog
          title={asking.what === 'add' ? words.addTitle : words.replaceTitle(asking.key)}
          of={asking.what === 'add' ? undefined : asking.key}
          taken={list.value?.map(({ key }) => key) ?? []}
          save={(client, body) => client.secrets.global.save(body)}
          onSaved={note}
          onClose={close}
        />
      )}
    </>
  )
}

type Props = { secrets: readonly SecretEntry[]; ask: (asking: Asking) => void }

function Secrets({ secrets, ask }: Props) {
  if (secrets.length === 0) return <EmptyNote title={words.emptyTitle}>{words.empty}</EmptyNote>
  return (
    <ul className="records">
      {secrets.map((secret) => (
        <SecretRow key={secret.key} secret={secret}>
          <ActionButton
            right="secrets:write"
            icon="refresh"
            small
            label={words.replaceOf(secret.key)}
            onClick={() => ask({ what: 'replace', key: secret.key })}
          >
            {words.replace}
          </ActionButton>
          <ActionButton
            right="secrets:write"
            icon="trash"
            look="danger-quiet"
            small
            label={words.removeOf(secret.key)}
            onClick={() => ask({ what: 'remove', key: secret.key })}
          >
            {words.remove}
          </ActionButton>
        </SecretRow>
      ))}
    </ul>
  )
}
