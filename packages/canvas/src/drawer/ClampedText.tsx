import { useState } from 'react'
import { text } from '../strings.ts'

const longChars = 600

/** Text as it was typed; long ones open on demand. */
export function ClampedText({ source }: { source: string }) {
  const [open, setOpen] = useState(false)
  const isLong = source.length > longChars
  return (
    <div className="plain">
      <p>{isLong && !open ? `${source.slice(0, longChars)}…` : source}</p>
      {isLong && (
        <button type="button" className="link-button" onClick={() => setOpen(!open)}>
          {open ? text.common.showLess : text.common.showMore}
        </button>
      )}
    </div>
  )
}
