import { type ClipboardEvent, useState } from 'react'
import { Field } from '../../ui/Field.tsx'
import { Icon } from '../../ui/Icon.tsx'
import { settingsText } from '../settings-text.ts'

const words = settingsText.secrets

type Props = { value: string; onChange: (value: string) => void }

/**
 * Hidden while it is typed. Nothing pasted is changed in silence: a text of several lines gets a field that keeps them, and
 * one that is too long is for the server to refuse.
 */
export function SecretValueField({ value, onChange }: Props) {
  const [isShown, setShown] = useState(false)
  const hasLines = value.includes('\n')
  const onPaste = (event: ClipboardEvent) => {
    const pasted = event.clipboardData.getData('text')
    if (hasLines || !pasted.trimEnd().includes('\n')) return
    event.preventDefault()
    onChange(pasted)
  }
  return (
    <Field label={words.value} hint={words.valueHint}>
      {(wiring) => {
        const shared = {
          ...wiring,
          required: true,
          autoComplete: 'new-password',
          spellCheck: false,
          value,
        }
        return (
          <div className="copy-field">
            {hasLines ? (
              <textarea
                {...shared}
                className={isShown ? 'input mono' : 'input mono input-masked'}
                rows={6}
                onChange={(event) => onChange(event.target.value)}
              />
            ) : (
              <input
                {...shared}
                className="input mono"
                type={isShown ? 'text' : 'password'}
                onPaste={onPaste}
                onChange={(event) => onChange(event.target.value)}
              />
            )}
            <button
              type="button"
              className="button"
              aria-pressed={isShown}
              onClick={() => setShown(!isShown)}
            >
              <Icon name="eye" />
              {isShown ? words.hide : words.show}
            </button>
          </div>
        )
      }}
    </Field>
  )
}
