import { useId, useRef } from 'react'
import { text } from '../strings.ts'
import { Icon } from './Icon.tsx'
import { useCopy } from './use-copy.ts'

/** Something that is shown once and must get elsewhere whole. */
export function CopyField({ label, value }: { label: string; value: string }) {
  const id = useId()
  const input = useRef<HTMLInputElement>(null)
  const { outcome, copy } = useCopy(value, input)
  return (
    <div className="field">
      <label htmlFor={id}>{label}</label>
      <div className="copy-field">
        <input
          id={id}
          ref={input}
          className="input mono"
          readOnly
          value={value}
          onFocus={(event) => event.target.select()}
        />
        <button type="button" className="button button-primary" onClick={copy}>
          <Icon name={outcome === 'copied' ? 'check' : 'copy'} />
          {outcome === 'copied' ? text.common.copied : text.common.copy}
        </button>
      </div>
      <p className="field-hint" role="status">
        {outcome === 'selected' ? text.common.copyByHand : ''}
      </p>
    </div>
  )
}
