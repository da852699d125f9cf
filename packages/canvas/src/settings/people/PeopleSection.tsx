import { useState } from 'react'
import { ActionButton } from '../../ui/ActionButton.tsx'
import { LoadedList } from '../../ui/LoadedList.tsx'
import { useList } from '../../use-list.ts'
import { settingsText } from '../settings-text.ts'
import { InviteDialog } from './InviteDialog.tsx'
import { SessionRow } from './SessionRow.tsx'

const words = settingsText.people

/** Who is signed in where, and how somebody else gets in. */
export function PeopleSection() {
  const [inviting, setInviting] = useState(false)
  const list = useList('sessions', ({ client }, signal) => client.session.list({ signal }))
  return (
    <>
      <div className="toolbar">
        <ActionButton
          right="org:admin"
          icon="plus"
          look="primary"
          onClick={() => setInviting(true)}
        >
          {words.invite}
        </ActionButton>
      </div>
      <LoadedList of={list} failed={words.failed} loading={words.loading}>
        {({ sessions }) => (
          <ul className="records">
            {sessions.map((session) => (
              <SessionRow key={session.id} session={session} onEnded={list.reload} />
            ))}
          </ul>
        )}
      </LoadedList>
      {inviting && <InviteDialog onClose={() => setInviting(false)} />}
    </>
  )
}
