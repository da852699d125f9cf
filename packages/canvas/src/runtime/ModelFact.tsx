import type { Runtime } from '@molecule/contract/runtime'
import type { Workspace } from '@molecule/contract/workspace'
import { useState } from 'react'
import { reduce } from '../state/reduce.ts'
import { isNotItsOwn } from '../state/usual-model.ts'
import { text } from '../strings.ts'
import { ActionButton } from '../ui/ActionButton.tsx'
import { DialogForm } from '../ui/DialogForm.tsx'
import { Fact } from '../ui/Facts.tsx'
import { Field } from '../ui/Field.tsx'
import { Modal } from '../ui/Modal.tsx'
import { ModelInput } from '../ui/ModelInput.tsx'
import { refusalOf } from '../ui/refusal.ts'
import { useAction } from '../use-action.ts'
import { runtimeText as words } from './runtime-text.ts'

type Props = { workspace: Workspace; runtime: Runtime }

export function ModelFact({ workspace, runtime }: Props) {
  const [isAsking, setIsAsking] = useState(false)
  return (
    <Fact name={text.about.model}>
      <span className="fact-change">
        <span>{toldModel(runtime, workspace.model)}</span>
        <ActionButton
          right="workspaces:write"
          icon="settings"
          small
          label={words.changeModel(workspace.name)}
          onClick={() => setIsAsking(true)}
        >
          {words.change}
        </ActionButton>
      </span>
      {isAsking && (
        <ModelDialog workspace={workspace} runtime={runtime} onClose={() => setIsAsking(false)} />
      )}
    </Fact>
  )
}

const toldModel = (runtime: Runtime, model: string) =>
  isNotItsOwn(runtime, model) ? words.ownModel(runtime.display_name) : model

function ModelDialog({ workspace, runtime, onClose }: Props & { onClose: () => void }) {
  const { model: present } = workspace
  const [model, setModel] = useState(isNotItsOwn(runtime, present) ? '' : present)
  const [asked, setAsked] = useState('')
  const save = useAction(async ({ client, store }) => {
    setAsked(model)
    const wanted = model.trim() || runtime.default_model
    const changed = await client.workspaces.update(workspace.id, { model: wanted })
    store.setState(({ live }) => ({ live: reduce(live, { type: 'rows', workspaces: [changed] }) }))
    onClose()
  })
  const { at, rest } = refusalOf(save.error, ['model'])
  return (
    <Modal title={words.modelTitle(workspace.name)} onClose={onClose}>
      <DialogForm
        submit={words.save}
        busy={save.busy}
        error={rest}
        onSubmit={() => void save.run()}
        onClose={onClose}
      >
        <Field
          label={text.about.model}
          hint={words.modelHint(toldModel(runtime, runtime.default_model))}
          problem={model === asked ? at.get('model') : undefined}
        >
          {(wiring) => <ModelInput wiring={wiring} value={model} onChange={setModel} />}
        </Field>
      </DialogForm>
    </Modal>
  )
}
