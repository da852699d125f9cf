import type { Right } from '@molecule/contract/identity'
import type { ReactNode } from 'react'
import { text } from '../strings.ts'
import { useRight } from '../use-right.ts'
import { Icon, type IconName } from './Icon.tsx'

type Look = 'plain' | 'primary' | 'quiet' | 'danger-quiet'

type Props = {
  /** What it takes. Without it the button stays in reach of the keyboard, says why, and does nothing. */
  right: Right
  icon: IconName
  look?: Look
  small?: boolean
  busy?: boolean
  /** For a word that stands in every row, such as "Delete": what of. */
  label?: string
  onClick: () => void
  children: ReactNode
}

const className = (look: Look, small: boolean) =>
  ['button', look !== 'plain' && `button-${look}`, small && 'button-small']
    .filter(Boolean)
    .join(' ')

/** A button that changes something. */
export function ActionButton(props: Props) {
  const { right, icon, look = 'plain', small = false, busy = false, label, onClick } = props
  const isAllowed = useRight(right)
  const why = isAllowed ? undefined : text.rights.needs(right)
  return (
    <button
      type="button"
      className={className(look, small)}
      aria-disabled={busy || !isAllowed}
      aria-label={label && (why ? `${label}. ${why}` : label)}
      title={why}
      onClick={() => {
        if (isAllowed && !busy) onClick()
      }}
    >
      <Icon name={busy ? 'working' : icon} spin={busy} />
      {props.children}
      {why && !label && <span className="sr-only">. {why}</span>}
    </button>
  )
}
