import { Field } from '../ui/Field.tsx'
import { createText as words } from './create-text.ts'
import type { DraftField } from './draft-field.ts'

export const RoleField = ({ draft, set, problemAt }: DraftField) => (
  <Field label={words.role} hint={words.roleHint} problem={problemAt('role')}>
    {(wiring) => (
      <input
        {...wiring}
        className="input"
        maxLength={1000}
        autoComplete="off"
        value={draft.role}
        onChange={({ target }) => set({ role: target.value })}
      />
    )}
  </Field>
)
