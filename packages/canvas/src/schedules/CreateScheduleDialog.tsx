import type { Workspace } from '@molecule/contract/workspace'
import { useState } from 'react'
import { DialogForm } from '../ui/DialogForm.tsx'
import { Field } from '../ui/Field.tsx'
import { Modal } from '../ui/Modal.tsx'
import { useAction } from '../use-action.ts'
import { schedulesText as words } from './schedules-text.ts'

type Props = { workspace: Workspace; onCreated: () => void; onClose: () => void }

const ownZone = () => Intl.DateTimeFormat().resolvedOptions().timeZone

export function CreateScheduleDialog({ workspace, onCreated, onClose }: Props) {
  const [given, setGiven] = useState({ name: '', cron: '0 9 * * 1-5', zone: ownZone(), prompt: '' })
  const set = (part: Partial<typeof given>) => setGiven((former) => ({ ...former, ...part }))
  const create = useAction(async ({ client }) => {
    const name = given.name.trim()
    await client.schedules.create(workspace.id, {
      cron_expr: given.cron.trim(),
      timezone: given.zone.trim(),
      prompt: given.prompt,
      ...(name === '' ? {} : { name }),
    })
    onCreated()
    onClose()
  })
  return (
    <Modal title={words.addTitle(workspace.name)} onClose={onClose}>
      <DialogForm
        submit={words.make}
        busy={create.busy}
        error={create.error}
        onSubmit={() => void create.run()}
        onClose={onClose}
      >
        <Field label={words.prompt}>
          {(wiring) => (
            <textarea
              {...wiring}
              className="input"
              rows={3}
              required
              value={given.prompt}
              onChange={({ target }) => set({ prompt: target.value })}
            />
          )}
        </Field>
        <Line
          label={words.when}
          hint={words.whenHint}
          value={given.cron}
          onChange={(cron) => set({ cron })}
        />
        <Line
          label={words.zone}
          hint={words.zoneHint}
          value={given.zone}
          onChange={(zone) => set({ zone })}
        />
        <Line
          label={words.name}
          hint={words.nameHint}
          value={given.name}
          onChange={(name) => set({ name })}
          optional
        />
      </DialogForm>
    </Modal>
  )
}

type LineProps = {
  label: string
  hint: string
  value: string
  onChange: (value: string) => void
  optional?: boolean
}

const Line = ({ label, hint, value, onChange, optional = false }: LineProps) => (
  <Field label={label} hint={hint}>
    {(wiring) => (
      <input
        {...wiring}
        className="input"
        required={!optional}
        maxLength={200}
        spellCheck={false}
        value={value}
        onChange={({ target }) => onChange(target.value)}
      />
    )}
  </Field>
)
