import { problemOfSecretName } from '@molecule/contract/secret-name'
import { Field } from '../../ui/Field.tsx'
import { settingsText } from '../settings-text.ts'

const words = settingsText.secrets

type Props = { value: string; isTaken: boolean; onChange: (value: string) => void }

/** Says at once what is wrong with a name, by the same rule as the server's. */
export function SecretNameField({ value, isTaken, onChange }: Props) {
  const problem = value === '' ? undefined : problemOfSecretName(value)
  return (
    <Field
      label={words.name}
      hint={isTaken ? words.nameTaken : words.nameHint}
      problem={problem && words.nameProblem(problem)}
    >
      {(wiring) => (
        <input
          {...wiring}
          className="input mono"
          required
          autoComplete="off"
          autoCapitalize="off"
          spellCheck={false}
          value={value}
          onChange={(event) => onChange(event.target.value)}
        />
      )}
    </Field>
  )
}
