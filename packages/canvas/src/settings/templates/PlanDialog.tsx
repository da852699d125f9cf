import type { OrgApplied, OrgPlan, OrgTemplate } from '@molecule/contract/org'
import type { Workspace } from '@molecule/contract/workspace'
import { useState } from 'react'
import { home } from '../../lib/place.ts'
import { text } from '../../strings.ts'
import { ActionButton } from '../../ui/ActionButton.tsx'
import { LoadedList } from '../../ui/LoadedList.tsx'
import { Modal } from '../../ui/Modal.tsx'
import { PlaceLink } from '../../ui/PlaceLink.tsx'
import { ErrorNote } from '../../ui/ProblemNote.tsx'
import { useAction } from '../../use-action.ts'
import { useLoad } from '../../use-load.ts'
import { useCanvas } from '../../use-services.ts'
import { settingsText } from '../settings-text.ts'
import { MissingKeys } from './MissingKeys.tsx'
import { PlanTree } from './PlanTree.tsx'

const words = settingsText.templates

type Props = { template: OrgTemplate; onClose: () => void }

/** What a template would make, what it lacks, and the button that makes it. */
export function PlanDialog({ template: { dir, name }, onClose }: Props) {
  const plan = useLoad(`plan ${dir}`, '', ({ client }, signal) =>
    client.org.plan({ dir, lenient: true }, { signal }),
  )
  const [applied, setApplied] = useState<OrgApplied>()
  const apply = useAction(async ({ client }, force: boolean) =>
    setApplied(await client.org.apply({ dir, lenient: true, force })),
  )
  return (
    <Modal title={words.planTitle(name)} wide onClose={onClose}>
      <div className="dialog-body">
        {applied ? (
          <Done applied={applied} />
        ) : (
          <LoadedList of={plan} failed={words.planFailed} loading={words.planning}>
            {(planned) => <Planned plan={planned} onStored={plan.reload} />}
          </LoadedList>
        )}
        <ErrorNote error={apply.error} />
      </div>
      <div className="dialog-actions">
        <button type="button" className="button" onClick={onClose}>
          {applied ? text.common.close : text.common.cancel}
        </button>
        {plan.value && !applied && (
          <MakeButton plan={plan.value} busy={apply.busy} make={(force) => void apply.run(force)} />
        )}
      </div>
    </Modal>
  )
}

function Planned({ plan, onStored }: { plan: OrgPlan; onStored: () => void }) {
  const { create, exists } = plan.counts
  return (
    <>
      <p>
        {create === 0 ? words.nothing : words.counts(create, exists)}{' '}
        {plan.machines
          .map(({ backend, workspaces }) => words.starts(workspaces, backend))
          .join(' ')}{' '}
        {plan.access.gained_count > 0 && words.access(plan.access.gained_count)}
      </p>
      {plan.warnings.map((warning) => (
        <p key={warning} className="field-problem">
          {warning}
        </p>
      ))}
      <PlanTree nodes={plan.nodes} />
      {plan.missing_env.length > 0 && (
        <MissingKeys
          lead={words.missing}
          missing={plan.missing_env}
          save={(client, body) => client.secrets.global.save(body)}
          onStored={onStored}
        />
      )}
    </>
  )
}

/** Up, or waiting for an agent that somebody runs elsewhere. */
const isReady = (workspace: Workspace | undefined) =>
  workspace?.status === 'online' || workspace?.status === 'awaiting_agent'

function Done({ applied: { workspaces, count } }: { applied: OrgApplied }) {
  const ids = workspaces.map(({ id }) => id)
  const ready = useCanvas(
    ({ live }) => ids.filter((id) => isReady(live.workspaces.byId.get(id))).length,
  )
  return (
    <p role="status">
      {words.done(workspaces.length - count, workspaces.length, count)}{' '}
      {words.ready(ready, workspaces.length)}{' '}
      <PlaceLink to={{ ...home, selected: workspaces[0]?.id }}>{words.show}</PlaceLink>
    </p>
  )
}

type MakeProps = { plan: OrgPlan; busy: boolean; make: (force: boolean) => void }

function MakeButton({ plan: { counts, missing_env }, busy, make }: MakeProps) {
  if (counts.create === 0 || counts.blocked > 0) return null
  const lacks = missing_env.length > 0
  return (
    <ActionButton
      right="workspaces:write"
      icon="plus"
      look={lacks ? 'plain' : 'primary'}
      busy={busy}
      onClick={() => make(lacks)}
    >
      {lacks ? words.makeAnyway : words.make(counts.create)}
    </ActionButton>
  )
}
