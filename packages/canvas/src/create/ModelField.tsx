import type { Runtime } from '@molecule/contract/runtime'
import { runtimeText } from '../runtime/runtime-text.ts'
import { isNotItsOwn } from '../state/usual-model.ts'
import { Field } from '../ui/Field.tsx'
import { ModelInput } from '../ui/ModelInput.tsx'
import { createText as words } from './create-text.ts'
import type { DraftField } from './draft-field.ts'

/** Only of a runtime to which a model means something. */
export function ModelField({ draft, set, chosen, problemAt, runtime }: Props) {
  const told = chosen.template?.model || runtime.default_model
  const usual = isNotItsOwn(runtime, told) ? runtimeText.ownModel(runtime.display_name) : told
  return (
    <Field label={words.model} hint={words.modelHint(usual)} problem={problemAt('model')}>
      {(wiring) => (
        <ModelInput wiring={wiring} value={draft.model} onChange={(model) => set({ model })} />
      )}
    </Field>
  )
}

type Props = DraftField & { runtime: Runtime }
