import { Field } from '../../ui/Field.tsx'
import { maxNameChars } from '../max-name-chars.ts'
import { settingsText } from '../settings-text.ts'

const words = settingsText.tokens

type Props = { value: string; onChange: (value: string) => void }

export function TokenNameField({ value, onChange }: Props) {
  return (
    <Field label={words.name} hint={words.nameHint}>
      {(wiring) => (
        <input
          {...wiring}
          className="input"
          required
          pattern=".*\S.*"
          maxLength={maxNameChars}
          autoComplete="off"
          value={value}
          onChange={(event) => onChange(event.target.value)}
        />
      )}
    </Field>
  )
}
