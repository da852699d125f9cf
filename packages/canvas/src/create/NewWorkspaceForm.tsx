import type { CreatedWorkspace } from '@molecule/contract/registry'
import { DialogForm } from '../ui/DialogForm.tsx'
import { ConfigFields } from './ConfigFields.tsx'
import { createText as words } from './create-text.ts'
import { KeyFields } from './KeyFields.tsx'
import { ModelField } from './ModelField.tsx'
import { NameField } from './NameField.tsx'
import { ParentField } from './ParentField.tsx'
import { RoleField } from './RoleField.tsx'
import { RuntimeField } from './RuntimeField.tsx'
import { TemplateField } from './TemplateField.tsx'
import { useCreate } from './use-create.ts'
import { type useOffers, useStoredNames } from './use-offers.ts'
import { forgetWorkspaceDraft, useWorkspaceDraft } from './use-workspace-draft.ts'
import { chosenOf, hasProgram, needsOf } from './workspace-draft.ts'

type Props = {
  offers: NonNullable<ReturnType<typeof useOffers>['value']>
  parentId: string | undefined
  onCreated: (made: CreatedWorkspace) => void
  onClose: () => void
}

export function NewWorkspaceForm({ offers, parentId, onCreated, onClose }: Props) {
  const { draft, set } = useWorkspaceDraft(parentId)
  const stored = useStoredNames()
  const chosen = chosenOf(draft, offers)
  const needs = needsOf(chosen)
  const config = chosen.runtime?.required_config ?? []
  const shown = [
    ...['name', 'role', 'parent_id', 'runtime', 'model', 'template'],
    ...config.map((key) => `runtime_config.${key}`),
    ...(hasProgram(chosen) ? ['runtime_config.args'] : []),
    ...needs.flat().map((name) => `secrets.${name}`),
  ]
  const create = useCreate({ draft, chosen, shown, onCreated })
  const shared = { draft, set, chosen, problemAt: create.problemAt }
  return (
    <DialogForm
      submit={words.make}
      busy={create.busy}
      error={create.rest}
      onSubmit={() => void create.run()}
      onClose={() => {
        forgetWorkspaceDraft()
        onClose()
      }}
    >
      <NameField {...shared} freeName={create.freeName} />
      <RoleField {...shared} />
      <ParentField {...shared} />
      {offers.templates.length > 0 && <TemplateField {...shared} templates={offers.templates} />}
      <RuntimeField {...shared} runtimes={offers.runtimes} stored={stored.value} />
      <ConfigFields {...shared} />
      {chosen.runtime?.capabilities.model && <ModelField {...shared} runtime={chosen.runtime} />}
      <KeyFields {...shared} needs={needs} stored={stored} />
    </DialogForm>
  )
}
