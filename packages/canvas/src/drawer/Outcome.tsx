import type { VerbTarget } from '@molecule/contract/lifecycle'
import type { Workspace } from '@molecule/contract/workspace'
import { text } from '../strings.ts'
import { Icon } from '../ui/Icon.tsx'

/** What became of a verb: in one line, and of each workspace it reached. */
export type OutcomeOf = {
  workspaceId: string
  title: string
  detail?: string
  targets?: readonly Pick<VerbTarget, 'id' | 'name' | 'detail'>[]
}

export type VerbProps = {
  workspace: Workspace
  onDone: (outcome: Omit<OutcomeOf, 'workspaceId'>) => void
}

/** Stays until it is dismissed or the next verb is done; read aloud when it comes. */
export function Outcome({ of, onClose }: { of: OutcomeOf | undefined; onClose: () => void }) {
  return (
    <div role="status">
      {of && (
        <div className="notice" data-tone="ok">
          <Icon name="check" />
          <div className="notice-body">
            <p className="notice-title">{of.title}</p>
            {of.detail && <p>{of.detail}</p>}
            {of.targets && of.targets.length > 0 && (
              <ul className="outcomes">
                {of.targets.map(({ id, name, detail }) => (
                  <li key={id}>
                    <strong>{name}</strong> {detail}
                  </li>
                ))}
              </ul>
            )}
          </div>
          <button
            type="button"
            className="icon-button"
            aria-label={text.verbs.dismiss}
            title={text.verbs.dismiss}
            onClick={onClose}
          >
            <Icon name="close" />
          </button>
        </div>
      )}
    </div>
  )
}
