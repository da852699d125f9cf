import { useRef } from 'react'
import { text } from '../strings.ts'
import { Icon } from './Icon.tsx'
import { useCopy } from './use-copy.ts'

/** A command to type elsewhere, with a button that copies it. */
export function CommandLine({ command }: { command: string }) {
  const code = useRef<HTMLElement>(null)
  const { outcome, copy } = useCopy(command, code)
  const label = outcome === 'copied' ? text.common.copied : text.common.copy
  return (
    <div className="command">
      <code ref={code}>{command}</code>
      <button type="button" className="icon-button" onClick={copy} aria-label={label} title={label}>
        <Icon name={outcome === 'copied' ? 'check' : 'copy'} />
      </button>
    </div>
  )
}
