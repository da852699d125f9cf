import { useState } from 'react'
import { text } from '../strings.ts'
import { Icon } from '../ui/Icon.tsx'
import { useRight } from '../use-right.ts'
import { createText as words } from './create-text.ts'
import { NewWorkspace } from './NewWorkspace.tsx'

/** A new workspace that reports to this one. */
export function AddBelow({ id, name }: { id: string; name: string }) {
  const [isOpen, setIsOpen] = useState(false)
  const isAllowed = useRight('workspaces:write')
  const label = words.openBelow(name)
  const told = isAllowed ? label : `${label}. ${text.rights.needs('workspaces:write')}`
  return (
    <>
      <button
        type="button"
        className="icon-button"
        aria-disabled={!isAllowed}
        aria-label={told}
        title={told}
        onClick={() => setIsOpen(isAllowed)}
      >
        <Icon name="plus" />
      </button>
      {isOpen && <NewWorkspace parentId={id} onClose={() => setIsOpen(false)} />}
    </>
  )
}
