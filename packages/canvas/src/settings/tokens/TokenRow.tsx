import type { OrgToken, WorkspaceToken } from '@molecule/contract/identity'
import type { ReactNode } from 'react'
import { Age } from '../../ui/Age.tsx'
import { Expires } from '../../ui/Expires.tsx'
import { settingsText } from '../settings-text.ts'
import { scopesInWords } from './scopes.ts'

const words = settingsText.tokens

type Props = { token: OrgToken | WorkspaceToken; children: ReactNode }

/** What may be told of a token, which is everything but the token, with its buttons. */
export function TokenRow({ token, children }: Props) {
  const { name, prefix, created_by, created_at, last_used_at, expires_at } = token
  return (
    <li className="record">
      <div className="record-body">
        <p className="record-title">
          {name ?? <span className="faint">{settingsText.untitled}</span>}
          <code className="faint">{prefix}…</code>
        </p>
        {'scopes' in token && (
          <p className="record-line">
            {scopesInWords(token.scopes).map(({ group, nouns }) => (
              <span key={group} className="scope">
                <span className="faint">{group}</span> {nouns}
              </span>
            ))}
          </p>
        )}
        <p className="record-meta">
          <span>
            {words.created} <Age of={created_at} />
            {created_by && ` ${settingsText.by(personOf(created_by))}`}
          </span>
          <span>
            {last_used_at ? (
              <>
                {words.lastUsed} <Age of={last_used_at} />
              </>
            ) : (
              words.notUsed
            )}
          </span>
          <Expires at={expires_at} />
        </p>
      </div>
      <div className="record-actions">{children}</div>
    </li>
  )
}

/** `user:anna` is anna; others keep their kind. */
export const personOf = (actor: string) => actor.replace(/^user:/, '')
