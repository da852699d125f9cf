import type { Runtime } from '@molecule/contract/runtime'
import { Combobox } from '../ui/Combobox.tsx'
import { Field } from '../ui/Field.tsx'
import { createText as words } from './create-text.ts'
import type { DraftField } from './draft-field.ts'
import { needsOf } from './workspace-draft.ts'

type Props = DraftField & {
  runtimes: readonly Runtime[]
  /** Undefined while it is not known. */
  stored: ReadonlySet<string> | undefined
}

export function RuntimeField({ draft, set, chosen, problemAt, runtimes, stored }: Props) {
  const told = chosen.template?.runtime
  const name = chosen.runtime?.display_name ?? told
  const byTemplate = told && name && words.byTemplate(name)
  const options = runtimes.map((runtime) => ({
    value: runtime.id,
    label: runtime.display_name,
    detail: detailOf(runtime, stored ?? new Set()),
  }))
  return (
    <Field label={words.runtime} problem={problemAt('runtime')}>
      {(wiring) => (
        <Combobox
          wiring={wiring}
          options={byTemplate ? [{ value: '', label: byTemplate }, ...options] : options}
          value={draft.runtime}
          placeholder={words.runtimePlaceholder}
          required={!byTemplate}
          onChange={(runtime) => set({ runtime })}
        />
      )}
    </Field>
  )
}

/** What it needs; of keys, whether they are there. */
function detailOf(runtime: Runtime, stored: ReadonlySet<string>): string {
  if (runtime.id === 'external') return words.elsewhere
  const keys = needsOf({ runtime, template: undefined }).map((names) => {
    const there = names.find((name) => stored.has(name))
    return there ? words.isStored(there) : words.needs(names.join(' or '))
  })
  const config = runtime.required_config
  const parts = [
    ...(runtime.installed === false && runtime.program
      ? [words.notInstalled(runtime.program)]
      : []),
    ...(config.length > 0 ? [words.needsConfig(config)] : []),
    ...keys,
  ]
  return parts.join(' · ') || words.needsNothing
}
