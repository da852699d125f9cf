import type { Workspace } from '@molecule/contract/workspace'
import { useState } from 'react'
import { formatDateTime } from '../lib/format.ts'
import { RuntimeSection } from '../runtime/RuntimeSection.tsx'
import { agentState } from '../state/agent-state.ts'
import { isElsewhere, openTasks } from '../state/selectors.ts'
import { text } from '../strings.ts'
import { Age } from '../ui/Age.tsx'
import { Fact, Facts } from '../ui/Facts.tsx'
import { ProblemNote } from '../ui/ProblemNote.tsx'
import { ReadOnlyNote } from '../ui/Rights.tsx'
import { StateMark } from '../ui/StateMark.tsx'
import { useCanvas } from '../use-services.ts'
import { Outcome, type OutcomeOf } from './Outcome.tsx'
import { PauseAction } from './PauseAction.tsx'
import { RemoveAction } from './RemoveAction.tsx'
import { RemoveTeamAction } from './RemoveTeamAction.tsx'
import { Reported } from './Reported.tsx'
import { RestartAction } from './RestartAction.tsx'
import { SleepAction } from './SleepAction.tsx'

/** What the workspace is, how it is, and what one can do to it. */
export function AboutTab({ workspaceId }: { workspaceId: string }) {
  const workspace = useCanvas(({ live }) => live.workspaces.byId.get(workspaceId))
  const [outcome, setOutcome] = useState<OutcomeOf>()
  if (!workspace) return null
  const onDone = (done: Omit<OutcomeOf, 'workspaceId'>) => setOutcome({ ...done, workspaceId })
  return (
    <div className="about">
      {workspace.failure_reason && (
        <ProblemNote title={text.about.reason} problem={workspace.failure_reason} quiet />
      )}
      <section className="section">
        <h3>{text.about.details}</h3>
        <Facts>
          <Condition workspace={workspace} />
          <Reported workspace={workspace} />
          <Fact name={text.about.created}>{formatDateTime(Date.parse(workspace.created_at))}</Fact>
          <Fact name={text.about.id}>
            <code>{workspace.id}</code>
          </Fact>
        </Facts>
      </section>
      <RuntimeSection workspace={workspace} />
      <section className="section">
        <h3>{text.about.actions}</h3>
        <ReadOnlyNote right="workspaces:write" />
        <Outcome
          of={outcome?.workspaceId === workspaceId ? outcome : undefined}
          onClose={() => setOutcome(undefined)}
        />
        {canRestart(workspace) && <RestartAction workspace={workspace} onDone={onDone} />}
        <PauseAction workspace={workspace} onDone={onDone} />
        {!isElsewhere(workspace) && <SleepAction workspace={workspace} onDone={onDone} />}
        <RemoveTeamAction workspace={workspace} onDone={onDone} />
        <RemoveAction workspace={workspace} />
      </section>
    </div>
  )
}

const phaseWords = ({ provision_phase: phase }: Workspace) =>
  phase ? text.org.phase[phase] : text.org.starting

const canRestart = (workspace: Workspace) =>
  workspace.desired_state === 'running' && !isElsewhere(workspace)

function Condition({ workspace }: { workspace: Workspace }) {
  const state = useCanvas(({ live }) => agentState(workspace, openTasks(live, workspace.id)))
  const heartbeat =
    useCanvas(({ live }) => live.heartbeats.get(workspace.id)) ?? workspace.last_heartbeat_at
  const { generation, observed_generation, incarnation, desired_state } = workspace
  return (
    <>
      <Fact name={text.about.status}>
        <StateMark state={state} />
      </Fact>
      {workspace.status === 'provisioning' && (
        <Fact name={text.about.phase}>{phaseWords(workspace)}</Fact>
      )}
      <Fact name={text.about.wanted}>{desired_state}</Fact>
      <Fact name={text.about.heartbeat}>
        {heartbeat ? <Age of={heartbeat} /> : text.common.never}
      </Fact>
      <Fact name={text.about.activity}>
        {workspace.last_activity_at ? <Age of={workspace.last_activity_at} /> : text.common.never}
      </Fact>
      {workspace.hibernation_idle_minutes !== null && (
        <Fact name={text.about.sleepsAfter}>
          {text.about.sleepsAfterMinutes(workspace.hibernation_idle_minutes)}
        </Fact>
      )}
      {workspace.next_start_at && (
        <Fact name={text.about.nextStart}>
          {formatDateTime(Date.parse(workspace.next_start_at))}
        </Fact>
      )}
      <Fact name={text.about.generation}>
        <span className="num">{text.about.generationOf(observed_generation, generation)}</span>
      </Fact>
      {!isElsewhere(workspace) && (
        <Fact name={text.about.incarnation}>
          <span className="num">{incarnation}</span>
        </Fact>
      )}
    </>
  )
}
