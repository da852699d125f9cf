import type { EnvRequirement } from '@molecule/contract/org'
import { useState } from 'react'
import { ActionButton } from '../../ui/ActionButton.tsx'
import { Field } from '../../ui/Field.tsx'
import { ErrorNote } from '../../ui/ProblemNote.tsx'
import { useAction } from '../../use-action.ts'
import { settingsText } from '../settings-text.ts'

const words = settingsText.templates

type Props = { missing: readonly EnvRequirement[]; onStored: () => void }

/** The keys that a template needs, stored where they are asked for. */
export function MissingKeys({ missing, onStored }: Props) {
  return (
    <section className="form">
      <p>{words.missing}</p>
      {missing.map((one) => {
        const names = typeof one === 'string' ? [one] : one.any_of
        return names.map((name) => (
          <MissingKey
            key={name}
            name={name}
            hint={names.length > 1 ? words.missingGroup : undefined}
            onStored={onStored}
          />
        ))
      })}
    </section>
  )
}

type KeyProps = { name: string; hint: string | undefined; onStored: () => void }

function MissingKey({ name, hint, onStored }: KeyProps) {
  const [value, setValue] = useState('')
  const save = useAction(async ({ client }) => {
    await client.secrets.global.save({ key: name, value })
    onStored()
  })
  return (
    <div className="missing-key">
      <Field label={name} hint={hint}>
        {(wiring) => (
          <input
            {...wiring}
            className="input"
            type="password"
            autoComplete="off"
            value={value}
            onChange={({ target }) => setValue(target.value)}
          />
        )}
      </Field>
      <ActionButton
        right="secrets:write"
        icon="key"
        small
        busy={save.busy}
        label={words.saveOf(name)}
        onClick={() => {
          if (value !== '') void save.run()
        }}
      >
        {words.save}
      </ActionButton>
      <ErrorNote error={save.error} />
    </div>
  )
}
