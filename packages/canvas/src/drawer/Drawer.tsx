import { type ComponentType, type KeyboardEvent, lazy, Suspense, useEffect, useRef } from 'react'
import { AddBelow } from '../create/AddBelow.tsx'
import { type CanvasPlace, home, type Tab, tabs } from '../lib/place.ts'
import { cardContent, pathTo } from '../state/selectors.ts'
import { text } from '../strings.ts'
import { ErrorBoundary } from '../ui/ErrorBoundary.tsx'
import { Icon } from '../ui/Icon.tsx'
import { PlaceLink } from '../ui/PlaceLink.tsx'
import { StateMark } from '../ui/StateMark.tsx'
import { useCanvas, useCanvasPlace, useGo } from '../use-services.ts'
import { AboutTab } from './AboutTab.tsx'
import { ChatTab } from './ChatTab.tsx'
import { TaskView } from './TaskView.tsx'
import { useHistory } from './use-history.ts'
import { WorkTab } from './WorkTab.tsx'

const AccessTab = lazy(() => import('../access/AccessTab.tsx'))
const ActivityTab = lazy(() => import('../activity/ActivityTab.tsx'))
const ConfigTab = lazy(() => import('../config/ConfigTab.tsx'))
const LogsTab = lazy(() => import('../logs/LogsTab.tsx'))

/** Everything about one workspace, beside the chart. Esc closes it and gives the focus back. */
export function Drawer({ workspaceId }: { workspaceId: string }) {
  const place = useCanvasPlace()
  const go = useGo()
  const isKnown = useCanvas(({ live }) => live.workspaces.byId.has(workspaceId))
  const isLoaded = useCanvas(({ live }) => live.epoch !== null)
  const name = useCanvas(({ live }) => live.workspaces.byId.get(workspaceId)?.name ?? '')
  const close = () => {
    go({ ...home, view: place.view })
    document.querySelector<HTMLElement>(`[data-testid="workspace-${workspaceId}"]`)?.focus()
  }
  useEscape(close)
  useHistory(workspaceId)
  if (!isLoaded) return null
  return (
    <aside className="drawer" data-testid="drawer" aria-label={text.drawer.label(name)}>
      <DrawerHead workspaceId={workspaceId} onClose={close} />
      {isKnown ? (
        <>
          <TabBar place={place} />
          <ErrorBoundary key={`${place.tab}${place.task}`} title={text.drawer.crash}>
            <TabPanel place={place} workspaceId={workspaceId} />
          </ErrorBoundary>
        </>
      ) : (
        <section className="drawer-missing">
          <h2>{text.drawer.missingTitle}</h2>
          <p>{text.drawer.missingBody}</p>
        </section>
      )}
    </aside>
  )
}

function useEscape(close: () => void) {
  const latest = useRef(close)
  useEffect(() => {
    latest.current = close
  })
  useEffect(() => {
    const onKey = (event: globalThis.KeyboardEvent) => {
      if (event.key !== 'Escape' || event.defaultPrevented) return
      if (!document.querySelector('dialog[open]')) latest.current()
    }
    window.addEventListener('keydown', onKey)
    return () => window.removeEventListener('keydown', onKey)
  }, [])
}

function DrawerHead({ workspaceId, onClose }: { workspaceId: string; onClose: () => void }) {
  const { workspace, state } = useCanvas(({ live }) => cardContent(live, workspaceId))
  const path = useCanvas(({ live }) => pathTo(live, workspaceId).slice(0, -1))
  return (
    <header className="drawer-head">
      <div className="drawer-title">
        {path.length > 0 && (
          <nav className="crumbs" aria-label={text.header.nav}>
            {path.map(({ id, name }) => (
              <span key={id}>
                <PlaceLink to={{ ...home, selected: id }}>{name}</PlaceLink>
                <Icon name="chevronRight" />
              </span>
            ))}
          </nav>
        )}
        <h2>{workspace?.name ?? text.drawer.missingTitle}</h2>
        {workspace && (
          <p className="drawer-sub">
            <StateMark state={state} />
            {workspace.role && <span className="drawer-role">{workspace.role}</span>}
          </p>
        )}
      </div>
      {workspace && <AddBelow id={workspace.id} name={workspace.name} />}
      <button
        type="button"
        className="icon-button"
        aria-label={text.common.close}
        title={text.common.close}
        onClick={onClose}
      >
        <Icon name="close" />
      </button>
    </header>
  )
}

const tabAfter: Readonly<Record<string, (index: number) => number>> = {
  ArrowRight: (index) => index + 1,
  ArrowLeft: (index) => index - 1 + tabs.length,
  Home: () => 0,
  End: () => tabs.length - 1,
}

function TabBar({ place }: { place: CanvasPlace }) {
  const go = useGo()
  const list = useRef<HTMLDivElement>(null)
  const open = (tab: Tab) => go({ ...place, tab, task: undefined }, 'replace')
  // biome-ignore lint/correctness/useExhaustiveDependencies: another tab is the selected one.
  useEffect(() => {
    const selected = list.current?.querySelector('[aria-selected="true"]')
    selected?.scrollIntoView({ block: 'nearest', inline: 'nearest' })
  }, [place.tab])
  const onKeyDown = (event: KeyboardEvent) => {
    const index = tabAfter[event.key]?.(tabs.indexOf(place.tab))
    if (index === undefined) return
    event.preventDefault()
    open(tabs[index % tabs.length] ?? place.tab)
    list.current
      ?.querySelectorAll('button')
      .item(index % tabs.length)
      .focus()
  }
  return (
    <div className="tabs" role="tablist" ref={list} onKeyDown={onKeyDown}>
      {tabs.map((tab) => (
        <button
          key={tab}
          id={`tab-${tab}`}
          type="button"
          role="tab"
          aria-selected={tab === place.tab}
          aria-controls="tab-panel"
          tabIndex={tab === place.tab ? 0 : -1}
          onClick={() => open(tab)}
        >
          {text.drawer.tabs[tab]}
        </button>
      ))}
    </div>
  )
}

const contentOf: Readonly<Record<Tab, ComponentType<{ workspaceId: string }>>> = {
  chat: ChatTab,
  work: WorkTab,
  activity: ActivityTab,
  logs: LogsTab,
  config: ConfigTab,
  access: AccessTab,
  about: AboutTab,
}

function TabPanel({ place, workspaceId }: { place: CanvasPlace; workspaceId: string }) {
  const Content = contentOf[place.tab]
  return (
    <div className="tab-panel" id="tab-panel" role="tabpanel" aria-labelledby={`tab-${place.tab}`}>
      {place.task ? (
        <TaskView key={place.task} taskId={place.task} />
      ) : (
        <Suspense fallback={<p className="loading">{text.chat.loadingText}</p>}>
          <Content workspaceId={workspaceId} />
        </Suspense>
      )}
    </div>
  )
}
