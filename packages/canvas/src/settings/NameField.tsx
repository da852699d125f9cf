import { Field } from '../ui/Field.tsx'
import { maxNameChars } from './max-name-chars.ts'

type Props = { label: string; hint: string; value: string; onChange: (value: string) => void }

/** What people call a token, or somebody who is invited. */
export function NameField({ label, hint, value, onChange }: Props) {
  return (
    <Field label={label} hint={hint}>
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
