import type { WorkspaceToken } from '@molecule/contract/identity'
import type { Workspace } from '@molecule/contract/workspace'
import { useState } from 'react'
import { settingsText } from '../settings/settings-text.ts'
import { RevokeDialog } from '../settings/tokens/RevokeDialog.tsx'
import { RotateDialog } from '../settings/tokens/RotateDialog.tsx'
import { TokenRow } from '../settings/tokens/TokenRow.tsx'
import { ActionButton } from '../ui/ActionButton.tsx'
import { EmptyNote, LoadedList } from '../ui/LoadedList.tsx'
import { ReadOnlyNote } from '../ui/Rights.tsx'
import { useList } from '../use-list.ts'
import { CreateOwnTokenDialog } from './CreateOwnTokenDialog.tsx'

const words = settingsText.tokens

/** Credentials of programs that act as this workspace. */
export function OwnTokens({ workspace }: { workspace: Workspace }) {
  const { id, name } = workspace
  const [asking, setAsking] = useState<'create' | 'rotate'>()
  const list = useList(`tokens ${id}`, ({ client }) => client.tokens.workspace.list(id))
  const close = () => setAsking(undefined)
  const held = list.value?.tokens.length ?? 0
  return (
    <>
      <ReadOnlyNote right="tokens:write" />
      <LoadedList of={list} failed={words.failed} loading={words.loading}>
        {({ tokens }) =>
          tokens.length === 0 ? (
            <EmptyNote title={words.emptyTitle}>{words.emptyWorkspace}</EmptyNote>
          ) : (
            <ul className="records">
              {tokens.map((token) => (
                <OwnTokenRow key={token.id} of={id} token={token} onRevoked={list.reload} />
              ))}
            </ul>
          )
        }
      </LoadedList>
      <div className="toolbar">
        <ActionButton right="tokens:write" icon="plus" small onClick={() => setAsking('create')}>
          {words.create}
        </ActionButton>
        {held > 0 && (
          <ActionButton
            right="tokens:write"
            icon="refresh"
            small
            onClick={() => setAsking('rotate')}
          >
            {words.rotateAll}
          </ActionButton>
        )}
      </div>
      {asking === 'create' && (
        <CreateOwnTokenDialog workspace={workspace} onCreated={list.reload} onClose={close} />
      )}
      {asking === 'rotate' && (
        <RotateDialog
          name={name}
          title={words.rotateAllTitle(name)}
          body={words.rotateAllBody(held)}
          rotate={(client, overlap_s) => client.tokens.workspace.rotate(id, { overlap_s })}
          onRotated={list.reload}
          onClose={close}
        />
      )}
    </>
  )
}

type RowProps = { of: string; token: WorkspaceToken; onRevoked: () => void }

function OwnTokenRow({ of: workspaceId, token, onRevoked }: RowProps) {
  const [asking, setAsking] = useState(false)
  const name = token.name ?? `${token.prefix}…`
  return (
    <TokenRow token={token}>
      <ActionButton
        right="tokens:write"
        icon="trash"
        look="danger-quiet"
        small
        label={words.revokeOf(name)}
        onClick={() => setAsking(true)}
      >
        {words.revoke}
      </ActionButton>
      {asking && (
        <RevokeDialog
          name={name}
          revoke={(client) => client.tokens.workspace.revoke(workspaceId, token.id)}
          onRevoked={onRevoked}
          onClose={() => setAsking(false)}
        />
      )}
    </TokenRow>
  )
}
