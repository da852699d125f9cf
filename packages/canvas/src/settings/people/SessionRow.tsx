import type { BrowserSession } from '@molecule/contract/identity'
import { useState } from 'react'
import { browserName } from '../../lib/browser-name.ts'
import { text } from '../../strings.ts'
import { ActionButton } from '../../ui/ActionButton.tsx'
import { Age } from '../../ui/Age.tsx'
import { ConfirmDialog } from '../../ui/ConfirmDialog.tsx'
import { Expires } from '../../ui/Expires.tsx'
import { ErrorNote } from '../../ui/ProblemNote.tsx'
import { useAction } from '../../use-action.ts'
import { settingsText } from '../settings-text.ts'

const words = settingsText.people

type Props = { session: BrowserSession; onEnded: () => void }

export function SessionRow({ session, onEnded }: Props) {
  const [asking, setAsking] = useState(false)
  const { name, role, created_at, last_used_at, expires_at, is_current } = session
  const client = browserName(session.client) ?? words.unknownClient
  return (
    <li className="record">
      <div className="record-body">
        <p className="record-title">
          {name}
          <span className="badge">{text.roleLabel[role]}</span>
          {is_current && (
            <span className="badge" data-tone="ok">
              {words.thisBrowser}
            </span>
          )}
        </p>
        <p className="record-line" title={session.client ?? undefined}>
          {client}
        </p>
        <p className="record-meta">
          <span>
            {words.since} <Age of={created_at} />
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
      <div className="record-actions">
        <ActionButton
          right="org:admin"
          icon="exit"
          small
          label={words.endOf(name, client)}
          onClick={() => setAsking(true)}
        >
          {words.end}
        </ActionButton>
      </div>
      {asking && (
        <EndDialog
          session={session}
          client={client}
          onEnded={onEnded}
          onClose={() => setAsking(false)}
        />
      )}
    </li>
  )
}

type DialogProps = Props & { client: string; onClose: () => void }

function EndDialog({ session, client, onEnded, onClose }: DialogProps) {
  const { id, name, is_current } = session
  const end = useAction(async (services) => {
    await services.client.session.revoke(id)
    onClose()
    if (!is_current) return onEnded()
    services.store.setState({ access: { state: 'signed_out', why: 'no_session', problem: null } })
  })
  return (
    <ConfirmDialog
      title={is_current ? words.endOwnTitle : words.endTitle(name)}
      confirm={words.end}
      danger
      busy={end.busy}
      onConfirm={() => void end.run()}
      onClose={onClose}
    >
      <p>{is_current ? words.endOwnBody : words.endBody(name, client)}</p>
      <ErrorNote error={end.error} />
    </ConfirmDialog>
  )
}
