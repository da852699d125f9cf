import type { OrgToken } from '@molecule/contract/identity'
import { useState } from 'react'
import { ActionButton } from '../../ui/ActionButton.tsx'
import { EmptyNote, LoadedList } from '../../ui/LoadedList.tsx'
import { useList } from '../../use-list.ts'
import { settingsText } from '../settings-text.ts'
import { CreateTokenDialog } from './CreateTokenDialog.tsx'
import { RevokeDialog } from './RevokeDialog.tsx'
import { RotateDialog } from './RotateDialog.tsx'
import { TokenRow } from './TokenRow.tsx'

const words = settingsText.tokens

/** Credentials of programs that act for the whole organization. */
export function OrgTokensSection() {
  const [creating, setCreating] = useState(false)
  const list = useList('org-tokens', ({ client }, signal) => client.tokens.org.list({ signal }))
  return (
    <>
      <div className="toolbar">
        <ActionButton
          right="org:admin"
          icon="plus"
          look="primary"
          onClick={() => setCreating(true)}
        >
          {words.create}
        </ActionButton>
      </div>
      <LoadedList of={list} failed={words.failed} loading={words.loading}>
        {({ tokens }) =>
          tokens.length === 0 ? (
            <EmptyNote title={words.emptyTitle}>{words.empty}</EmptyNote>
          ) : (
            <ul className="records">
              {tokens.map((token) => (
                <OrgTokenRow key={token.id} token={token} onChanged={list.reload} />
              ))}
            </ul>
          )
        }
      </LoadedList>
      {creating && <CreateTokenDialog onCreated={list.reload} onClose={() => setCreating(false)} />}
    </>
  )
}

type Props = { token: OrgToken; onChanged: () => void }

function OrgTokenRow({ token, onChanged }: Props) {
  const [asking, setAsking] = useState<'rotate' | 'revoke'>()
  const name = token.name ?? `${token.prefix}…`
  const close = () => setAsking(undefined)
  return (
    <TokenRow token={token}>
      <ActionButton
        right="org:admin"
        icon="refresh"
        small
        label={words.rotateOf(name)}
        onClick={() => setAsking('rotate')}
      >
        {words.rotate}
      </ActionButton>
      <ActionButton
        right="org:admin"
        icon="trash"
        look="danger-quiet"
        small
        label={words.revokeOf(name)}
        onClick={() => setAsking('revoke')}
      >
        {words.revoke}
      </ActionButton>
      {asking === 'rotate' && (
        <RotateDialog
          name={name}
          title={words.rotateTitle(name)}
          body={words.rotateBody}
          rotate={(client, overlap_s) => client.tokens.org.rotate(token.id, { overlap_s })}
          onRotated={onChanged}
          onClose={close}
        />
      )}
      {asking === 'revoke' && (
        <RevokeDialog
          name={name}
          revoke={(client) => client.tokens.org.revoke(token.id)}
          onRevoked={onChanged}
          onClose={close}
        />
      )}
    </TokenRow>
  )
}
