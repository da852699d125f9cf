import { useState } from 'react'
import { Field } from '../ui/Field.tsx'
import { Icon } from '../ui/Icon.tsx'
import { ErrorNote } from '../ui/ProblemNote.tsx'
import type { Loaded } from '../use-load.ts'
import { createText as words } from './create-text.ts'
import type { DraftField } from './draft-field.ts'

type Props = DraftField & {
  needs: readonly (readonly string[])[]
  stored: Loaded<ReadonlySet<string>>
}

/** What must be stored before it can start: what is there already, and a field for what is not. */
export function KeyFields({ needs, stored, ...field }: Props) {
  if (needs.length === 0 || (!stored.value && !stored.error)) return null
  return (
    <>
      <ErrorNote title={words.keysFailed} error={stored.error} />
      {needs.map((names) => {
        const there = names.find((name) => stored.value?.has(name))
        return there === undefined ? (
          <KeyField key={names.join()} {...field} names={names} />
        ) : (
          <p key={names.join()} className="key-stored">
            <Icon name="check" />
            <span>{words.keyStored(there)}</span>
          </p>
        )
      })}
    </>
  )
}

function KeyField({ draft, set, problemAt, names }: DraftField & { names: readonly string[] }) {
  const typed = names.find((each) => draft.secrets[each])
  const [name = '', choose] = useState(typed ?? names[0])
  const value = draft.secrets[name] ?? ''
  const put = (at: string, text: string) => {
    const { [name]: _, ...others } = draft.secrets
    set({ secrets: text === '' ? others : { ...others, [at]: text } })
  }
  return (
    <>
      {names.length > 1 && (
        <Field label={words.whichKey}>
          {(wiring) => (
            <select
              {...wiring}
              className="input mono"
              value={name}
              onChange={({ target }) => {
                choose(target.value)
                put(target.value, value)
              }}
            >
              {names.map((each) => (
                <option key={each}>{each}</option>
              ))}
            </select>
          )}
        </Field>
      )}
      <Field
        label={name}
        hint={`${words.keyHint} ${words.keyLater}`}
        problem={problemAt(`secrets.${name}`)}
      >
        {(wiring) => (
          <input
            {...wiring}
            className="input mono"
            type="password"
            autoComplete="new-password"
            spellCheck={false}
            value={value}
            onChange={({ target }) => put(name, target.value)}
          />
        )}
      </Field>
    </>
  )
}
