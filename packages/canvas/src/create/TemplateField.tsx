import type { WorkspaceTemplate } from '@molecule/contract/workspace-template'
import { Field } from '../ui/Field.tsx'
import { createText as words } from './create-text.ts'
import type { DraftField } from './draft-field.ts'

type Props = DraftField & { templates: readonly WorkspaceTemplate[] }

export const TemplateField = ({ draft, set, problemAt, templates }: Props) => (
  <Field label={words.template} hint={words.templateHint} problem={problemAt('template')}>
    {(wiring) => (
      <select
        {...wiring}
        className="input"
        value={draft.template}
        onChange={({ target }) => set({ template: target.value })}
      >
        <option value="">{words.noTemplate}</option>
        {templates.map(({ id, name, description }) => (
          <option key={id} value={id}>
            {words.templateOption(name, description)}
          </option>
        ))}
      </select>
    )}
  </Field>
)
