import { Field } from '../ui/Field.tsx'
import { createText as words } from './create-text.ts'
import type { DraftField } from './draft-field.ts'
import { hasProgram, isByTemplate } from './workspace-draft.ts'

/** What its runtime cannot do without. */
export function ConfigFields(field: DraftField) {
  const { draft, set, chosen, problemAt } = field
  const isOptional = isByTemplate(chosen)
  return (
    <>
      {chosen.runtime?.required_config.map((key) => (
        <Field
          key={key}
          label={key === 'command' ? words.program : key}
          hint={isOptional ? words.emptyByTemplate : key === 'command' && words.programHint}
          problem={problemAt(`runtime_config.${key}`)}
        >
          {(wiring) => (
            <input
              {...wiring}
              className="input mono"
              required={!isOptional}
              maxLength={1000}
              autoComplete="off"
              autoCapitalize="off"
              spellCheck={false}
              value={draft.config[key] ?? ''}
              onChange={({ target }) => set({ config: { ...draft.config, [key]: target.value } })}
            />
          )}
        </Field>
      ))}
      {hasProgram(chosen) && <ArgsField {...field} />}
    </>
  )
}

const ArgsField = ({ draft, set, problemAt }: DraftField) => (
  <Field label={words.args} hint={words.argsHint} problem={problemAt('runtime_config.args')}>
    {(wiring) => (
      <textarea
        {...wiring}
        className="input mono"
        rows={2}
        autoCapitalize="off"
        spellCheck={false}
        value={draft.args}
        onChange={({ target }) => set({ args: target.value })}
      />
    )}
  </Field>
)
