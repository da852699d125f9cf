import type { SecretEntry } from '@molecule/contract/secret'
import { SecretRow } from '../settings/secrets/SecretRow.tsx'
import { settingsText } from '../settings/settings-text.ts'
import { ActionButton } from '../ui/ActionButton.tsx'

const words = settingsText.secrets

export type AboutSecret = { what: 'set' | 'remove'; secret: SecretEntry }

type Props = { secret: SecretEntry; ask: (about: AboutSecret) => void }

/** A global one can be overridden here; only its own can be deleted here. */
export function OwnSecretRow({ secret, ask }: Props) {
  const isOwn = secret.scope === 'workspace'
  const badges = (
    <>
      <span className="badge" data-tone={isOwn ? 'work' : undefined}>
        {words.scope[secret.scope]}
      </span>
      {secret.overrides_global && <span className="badge">{words.overrides}</span>}
    </>
  )
  return (
    <SecretRow secret={secret} badges={badges}>
      <ActionButton
        right="secrets:write"
        icon={isOwn ? 'refresh' : 'plus'}
        small
        label={isOwn ? words.replaceOf(secret.key) : words.overrideOf(secret.key)}
        onClick={() => ask({ what: 'set', secret })}
      >
        {isOwn ? words.replace : words.override}
      </ActionButton>
      {isOwn && (
        <ActionButton
          right="secrets:write"
          icon="trash"
          look="danger-quiet"
          small
          label={words.removeOf(secret.key)}
          onClick={() => ask({ what: 'remove', secret })}
        >
          {words.remove}
        </ActionButton>
      )}
    </SecretRow>
  )
}
