import type { EnvRequirement } from '@molecule/contract/org'
import type { SaveSecret } from '@molecule/contract/secret'
import type { Client } from '@molecule/sdk'
import { useState } from 'react'
import { ActionButton } from '../../ui/ActionButton.tsx'
import { Field } from '../../ui/Field.tsx'
import { ErrorNote } from '../../ui/ProblemNote.tsx'
import { useAction } from '../../use-action.ts'
import { settingsText } from '../settings-text.ts'

const words = settingsText.templates

type Storing = {
  save: (client: Client, body: SaveSecret) => Promise<unknown>
  onStored: () => void
}
type Props = Storing & { lead: string; missing: readonly EnvRequirement[] }

/** The keys that something needs, stored where they are asked for. */
export function MissingKeys({ lead, missing, ...storing }: Props) {
  return (
    <section className="form">
      <p>{lead}</p>
      {missing.map((one) => {
        const names = typeof one === 'string' ? [one] : one.any_of
        return names.map((name) => (
          <MissingKey
            key={name}
            name={name}
            hint={names.length > 1 ? words.missingGroup : undefined}
            {...storing}
          />
        ))
      })}
    </section>
  )
}

type KeyProps = Storing & { name: string; hint: string | undefined }

function MissingKey({ name, hint, save: store, onStored }: KeyProps) {
  const [value, setValue] = useState('')
  const save = useAction(async ({ client }) => {
    await store(client, { key: name, value })
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
