import { pathTo } from '../state/selectors.ts'
import { Combobox } from '../ui/Combobox.tsx'
import { Field } from '../ui/Field.tsx'
import { useCanvas } from '../use-services.ts'
import { createText as words } from './create-text.ts'
import type { DraftField } from './draft-field.ts'

/** Found by name, by role and by whom one reports to. */
export function ParentField({ draft, set, problemAt }: DraftField) {
  const live = useCanvas((state) => state.live)
  const options = [...live.workspaces.byId.values()]
    .map(({ id, name, role }) => {
      const above = pathTo(live, id)
        .slice(0, -1)
        .map((each) => each.name)
        .join(' / ')
      return { value: id as string, label: name, detail: [above, role].filter(Boolean).join(' · ') }
    })
    .sort((a, b) => a.label.localeCompare(b.label))
  const nobody = { value: '', label: words.atTop, detail: words.atTopDetail }
  return (
    <Field label={words.parent} hint={words.parentHint} problem={problemAt('parent_id')}>
      {(wiring) => (
        <Combobox
          wiring={wiring}
          options={[nobody, ...options]}
          value={live.workspaces.byId.has(draft.parentId) ? draft.parentId : ''}
          onChange={(parentId) => set({ parentId })}
        />
      )}
    </Field>
  )
}
