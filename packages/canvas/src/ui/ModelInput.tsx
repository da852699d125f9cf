import type { InputHTMLAttributes } from 'react'

type Props = {
  /** Of its field. */
  wiring: InputHTMLAttributes<HTMLInputElement>
  value: string
  onChange: (model: string) => void
}

/** The name of a model, which no keyboard is to mend. */
export const ModelInput = ({ wiring, value, onChange }: Props) => (
  <input
    {...wiring}
    className="input"
    maxLength={100}
    autoComplete="off"
    autoCapitalize="off"
    spellCheck={false}
    value={value}
    onChange={({ target }) => onChange(target.value)}
  />
)
