import { useState } from 'react'
import { home } from '../../lib/place.ts'
import { runningWithOldValues, type Told } from '../../state/old-values.ts'
import { ActionButton } from '../../ui/ActionButton.tsx'
import { Icon } from '../../ui/Icon.tsx'
import { PlaceLink } from '../../ui/PlaceLink.tsx'
import { ErrorNote } from '../../ui/ProblemNote.tsx'
import { useAction } from '../../use-action.ts'
import { useCanvas } from '../../use-services.ts'
import { settingsText } from '../settings-text.ts'

const words = settingsText.secrets
const namesShown = 6

/** Who has not got what was changed, and the way to give it to them. Counts down by itself. */
export function OldValuesNotice({ named }: { named: readonly Told[] }) {
  const [restarting, setRestarting] = useState<number>()
  const old = useCanvas(({ live }) => runningWithOldValues(live, named))
  const restart = useAction(async ({ client }) => {
    const { workspaces } = await client.secrets.restartDependents()
    setRestarting(workspaces.length)
  })
  if (old.length === 0) return null
  const more = old.length - namesShown
  return (
    <section className="notice" data-tone="wait">
      <Icon name="alert" />
      <div className="notice-body">
        <p className="notice-title">{words.oldValues(old.length)}</p>
        <p>
          {old.slice(0, namesShown).map(({ id, name }, index) => (
            <span key={id}>
              {index > 0 && ', '}
              <PlaceLink to={{ ...home, selected: id, tab: 'access' }}>{name}</PlaceLink>
            </span>
          ))}
          {more > 0 && ` ${words.andMore(more)}`}. {words.restartHint}
        </p>
        <ErrorNote error={restart.error} />
        <div className="toolbar">
          <ActionButton
            right="workspaces:write"
            icon="retry"
            small
            busy={restart.busy}
            onClick={() => void restart.run()}
          >
            {words.restart}
          </ActionButton>
          <p className="toolbar-note" role="status">
            {restarting !== undefined && words.restarting(restarting)}
          </p>
        </div>
      </div>
    </section>
  )
}
