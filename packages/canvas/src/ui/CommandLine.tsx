import { useEffect, useState } from 'react'
import { text } from '../strings.ts'
import { Icon } from './Icon.tsx'

const copiedShownMs = 1500

/** A command to type elsewhere, with a button that copies it. */
export function CommandLine({ command }: { command: string }) {
  const [copied, setCopied] = useState(false)
  useEffect(() => {
    if (!copied) return
    const timer = setTimeout(() => setCopied(false), copiedShownMs)
    return () => clearTimeout(timer)
  }, [copied])
  const copy = () => navigator.clipboard?.writeText(command).then(() => setCopied(true))
  return (
    <div className="command">
      <code>{command}</code>
      <button
        type="button"
        className="icon-button"
        onClick={() => void copy()}
        aria-label={copied ? text.common.copied : text.common.copy}
        title={copied ? text.common.copied : text.common.copy}
      >
        <Icon name={copied ? 'check' : 'copy'} />
      </button>
    </div>
  )
}
