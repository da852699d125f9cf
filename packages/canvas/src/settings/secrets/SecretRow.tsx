import type { SecretEntry } from '@molecule/contract/secret'
import type { ReactNode } from 'react'
import { Age } from '../../ui/Age.tsx'
import { settingsText } from '../settings-text.ts'
import { personOf } from '../tokens/TokenRow.tsx'

const words = settingsText.secrets

type Props = { secret: SecretEntry; badges?: ReactNode; children: ReactNode }

/** A name, and who gave it its value when. */
export function SecretRow({ secret, badges, children }: Props) {
  return (
    <li className="record">
      <div className="record-body">
        <p className="record-title">
          <code>{secret.key}</code>
          {badges}
        </p>
        <p className="record-meta">
          <span>
            {words.set} <Age of={secret.updated_at} />{' '}
            {settingsText.by(personOf(secret.created_by))}
          </span>
        </p>
      </div>
      <div className="record-actions">{children}</div>
    </li>
  )
}
