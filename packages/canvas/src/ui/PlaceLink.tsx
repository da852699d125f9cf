import type { MouseEvent, ReactNode } from 'react'
import { addressOf, type Place } from '../lib/place.ts'
import { useGo } from '../use-services.ts'

type Props = {
  to: Place
  className?: string
  label?: string
  isHere?: boolean
  children: ReactNode
}

/** A real link that stays in the page; new tabs and copied addresses work. */
export function PlaceLink({ to, className, label, isHere, children }: Props) {
  const go = useGo()
  const onClick = (event: MouseEvent) => {
    if (event.metaKey || event.ctrlKey || event.shiftKey || event.button !== 0) return
    event.preventDefault()
    go(to)
  }
  return (
    <a
      href={addressOf(to)}
      className={className}
      aria-label={label}
      aria-current={isHere ? 'page' : undefined}
      onClick={onClick}
    >
      {children}
    </a>
  )
}
