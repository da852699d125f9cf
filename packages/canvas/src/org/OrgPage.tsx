import { useState } from 'react'
import { createText } from '../create/create-text.ts'
import { NewWorkspace } from '../create/NewWorkspace.tsx'
import { Drawer } from '../drawer/Drawer.tsx'
import { text } from '../strings.ts'
import { ActionButton } from '../ui/ActionButton.tsx'
import { CommandLine } from '../ui/CommandLine.tsx'
import { ErrorBoundary } from '../ui/ErrorBoundary.tsx'
import { PlaceLink } from '../ui/PlaceLink.tsx'
import { forPage, ProblemNote } from '../ui/ProblemNote.tsx'
import { useIsNarrow } from '../ui/use-is-narrow.ts'
import { useCanvas, useCanvasPlace, useServices } from '../use-services.ts'
import { OrgChart } from './OrgChart.tsx'
import { OrgList } from './OrgList.tsx'

export function OrgPage() {
  const { selected } = useCanvasPlace()
  const isNarrow = useIsNarrow()
  const [isCreating, setIsCreating] = useState(false)
  return (
    <>
      <main className="org" aria-label={text.header.nav} inert={isNarrow && selected !== undefined}>
        <h1 className="sr-only">{text.header.nav}</h1>
        <ErrorBoundary title={text.org.errorTitle}>
          <Org onCreate={() => setIsCreating(true)} />
        </ErrorBoundary>
      </main>
      {selected && <Drawer key={selected} workspaceId={selected} />}
      {isCreating && <NewWorkspace onClose={() => setIsCreating(false)} />}
    </>
  )
}

/** Loading, broken, empty, or the org as chart or list. */
function Org({ onCreate }: { onCreate: () => void }) {
  const { link } = useServices()
  const { selected, view } = useCanvasPlace()
  const isLoaded = useCanvas(({ live }) => live.epoch !== null)
  const isEmpty = useCanvas(({ live }) => live.workspaces.byId.size === 0)
  const problem = useCanvas((state) => state.loadProblem)
  const isNarrow = useIsNarrow()
  if (!isLoaded && problem) {
    const action = { label: text.common.retry, run: link.retryNow }
    return (
      <div className="org-center">
        <ProblemNote title={text.org.errorTitle} problem={forPage(problem)} action={action} />
      </div>
    )
  }
  if (!isLoaded) return <Skeleton />
  if (isEmpty) return <Empty onCreate={onCreate} />
  const asList = view ? view === 'list' : isNarrow
  return asList ? <OrgList selectedId={selected} /> : <OrgChart selectedId={selected} />
}

const skeletonCards = ['lead', 'a', 'b', 'c', 'd', 'e', 'f']

function Skeleton() {
  return (
    <div className="org-center skeleton" role="status" aria-label={text.org.loading}>
      {skeletonCards.map((key) => (
        <span key={key} className="skeleton-card" />
      ))}
    </div>
  )
}

function Empty({ onCreate }: { onCreate: () => void }) {
  return (
    <div className="org-center">
      <section className="empty">
        <h2>{text.org.emptyTitle}</h2>
        <p>{text.org.emptyBody}</p>
        <ActionButton right="workspaces:write" icon="plus" look="primary" onClick={onCreate}>
          {createText.open}
        </ActionButton>
        <p>{text.org.emptyTerminal}</p>
        <CommandLine command={text.org.emptyCommand} />
        <p>
          <PlaceLink to={{ page: 'settings', section: 'templates' }}>
            {text.org.emptyTemplates}
          </PlaceLink>
        </p>
      </section>
    </div>
  )
}
