import type { RollUp } from '../state/selectors.ts'
import { text } from '../strings.ts'
import { Icon } from '../ui/Icon.tsx'
import { ErrorNote } from '../ui/ProblemNote.tsx'
import { useAction } from '../use-action.ts'
import { useRight } from '../use-right.ts'
import { useCanvas } from '../use-services.ts'

/** A team in one line, and the switch that opens or closes it. A closed team still tells what goes on in it. */
export function TeamSummary({ id, team }: { id: string; team: RollUp }) {
  const mayToggle = useRight('workspaces:write')
  const lead = useCanvas(({ live }) => live.workspaces.byId.get(id))
  const toggle = useAction(({ client }) =>
    client.workspaces.update(id, { collapsed: !lead?.collapsed }),
  )
  if (!lead) return null
  const wish = lead.collapsed ? text.org.openTeam(lead.name) : text.org.closeTeam(lead.name)
  const label = mayToggle ? wish : `${wish}. ${text.rights.needs('workspaces:write')}`
  return (
    <div className="team">
      <button
        type="button"
        className="team-toggle nopan"
        aria-expanded={!lead.collapsed}
        aria-disabled={!mayToggle}
        aria-label={label}
        title={label}
        onClick={() => {
          if (mayToggle) void toggle.run()
        }}
      >
        <Icon name={lead.collapsed ? 'chevronRight' : 'chevronDown'} />
        <span className="num">{text.org.teamOf(team.total)}</span>
      </button>
      {team.working > 0 && (
        <span className="num" data-tone="work">
          {text.org.teamWorking(team.working)}
        </span>
      )}
      {team.failed > 0 && (
        <span className="num" data-tone="bad">
          {text.org.teamFailed(team.failed)}
        </span>
      )}
      <ErrorNote error={toggle.error} />
    </div>
  )
}
