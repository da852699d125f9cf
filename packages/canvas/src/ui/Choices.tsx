import { useId } from 'react'

export type Choice<T> = { value: T; label: string; hint?: string }

type Props<T> = {
  legend: string
  choices: readonly Choice<T>[]
  value: T
  onChange: (value: T) => void
  /** One beside the other, for short words. */
  inline?: boolean
}

/** One of a few, all of them in sight. */
export function Choices<T extends string | number>(props: Props<T>) {
  const { legend, choices, value, onChange, inline = false } = props
  const name = useId()
  return (
    <fieldset className={inline ? 'choices choices-inline' : 'choices'}>
      <legend>{legend}</legend>
      {choices.map((choice) => (
        <label key={choice.value} className="choice">
          <input
            type="radio"
            name={name}
            checked={choice.value === value}
            onChange={() => onChange(choice.value)}
          />
          <span className="choice-label">{choice.label}</span>
          {choice.hint && <span className="choice-hint">{choice.hint}</span>}
        </label>
      ))}
    </fieldset>
  )
}
