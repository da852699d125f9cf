import type { Right } from '@molecule/contract/identity'
import type { ReactNode } from 'react'
import { text } from '../strings.ts'
import { useRight, useSession } from '../use-right.ts'
import { Icon } from './Icon.tsx'

type Props = { right: Right; children: ReactNode }

/** Shows a part of the page to those who may read it, and names the right to everyone else; nothing is asked of the server. */
export function NeedsRight({ right, children }: Props) {
  const isAllowed = useRight(right)
  const session = useSession()
  if (!session) return <p className="loading">{text.chat.loadingText}</p>
  return isAllowed ? (
    children
  ) : (
    <RightNote right={right} title={text.rights.closedTitle} detail={text.rights.as(session)} />
  )
}

/** Why the buttons of a part do nothing. Shows nothing to those who may use them. */
export function ReadOnlyNote({ right }: { right: Right }) {
  return useRight(right) ? null : <RightNote right={right} detail={text.rights.readOnly} />
}

function RightNote({ right, title, detail }: { right: Right; title?: string; detail: string }) {
  return (
    <div className="notice">
      <Icon name="lock" />
      <div>
        {title && <p className="notice-title">{title}</p>}
        <p>
          {detail} <code>{right}</code>, {text.rights.whoHas(right)}
        </p>
      </div>
    </div>
  )
}
