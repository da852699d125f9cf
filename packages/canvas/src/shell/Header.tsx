import { useEffect, useState } from 'react'
import { createText } from '../create/create-text.ts'
import { NewWorkspace } from '../create/NewWorkspace.tsx'
import { home, type View, views } from '../lib/place.ts'
import { orgRollUp } from '../state/selectors.ts'
import { text } from '../strings.ts'
import { ActionButton } from '../ui/ActionButton.tsx'
import { Icon } from '../ui/Icon.tsx'
import { PlaceLink } from '../ui/PlaceLink.tsx'
import { useIsNarrow } from '../ui/use-is-narrow.ts'
import { useAction } from '../use-action.ts'
import { useSession } from '../use-right.ts'
import { useCanvas, useCanvasPlace, useGo, usePlace } from '../use-services.ts'
import { FreshnessPill } from './FreshnessPill.tsx'
import { Logo } from './Logo.tsx'
import { Nav } from './Nav.tsx'
import { ThemeSwitch } from './ThemeSwitch.tsx'

export function Header() {
  const session = useSession()
  const { page } = usePlace()
  const signOut = useAction(async ({ client, store }) => {
    await client.session.logout()
    store.setState({ access: { state: 'signed_out', why: 'no_session', problem: null } })
  })
  const signOutLabel = session ? text.header.signOutOf(session.name) : text.header.signOut
  return (
    <header className="header">
      <PlaceLink to={home} className="brand" label={text.product}>
        <Logo />
        <span className="brand-name">{text.product}</span>
      </PlaceLink>
      <Nav />
      <OrgStats />
      <div className="header-end">
        {page === 'canvas' && <NewButton />}
        <FreshnessPill />
        {page === 'canvas' && <ViewSwitch />}
        <ThemeSwitch />
        <button
          type="button"
          className="icon-button"
          aria-label={signOutLabel}
          title={signOutLabel}
          onClick={() => void signOut.run()}
        >
          <Icon name="exit" />
        </button>
      </div>
    </header>
  )
}

function NewButton() {
  const [isOpen, setIsOpen] = useState(false)
  return (
    <>
      <ActionButton
        right="workspaces:write"
        icon="plus"
        look="primary"
        small
        label={createText.open}
        onClick={() => setIsOpen(true)}
      >
        <span className="header-new">{createText.open}</span>
      </ActionButton>
      {isOpen && <NewWorkspace onClose={() => setIsOpen(false)} />}
    </>
  )
}

function OrgStats() {
  const isLoaded = useCanvas(({ live }) => live.epoch !== null)
  const { total, working, failed, inFlight } = useCanvas(({ live }) => orgRollUp(live))
  useEffect(() => {
    document.title = failed > 0 ? text.header.titleFailed(failed) : text.product
  }, [failed])
  if (!isLoaded || total === 0) return <div className="stats" />
  return (
    <dl className="stats" aria-label={text.header.nav}>
      <Stat tone={working > 0 ? 'work' : 'idle'} title={text.header.workingOf(working, total)}>
        <dt>{text.header.working}</dt>
        <dd>
          {working}
          <span className="stat-of">/{total}</span>
        </dd>
      </Stat>
      <Stat tone={failed > 0 ? 'bad' : 'idle'} title={text.header.failedOf(failed)}>
        <dt>{text.header.failed}</dt>
        <dd>{failed}</dd>
      </Stat>
      <Stat tone={inFlight > 0 ? 'work' : 'idle'} title={text.header.inFlightOf(inFlight)}>
        <dt>{text.header.inFlight}</dt>
        <dd>{inFlight}</dd>
      </Stat>
    </dl>
  )
}

type StatProps = { tone: string; title: string; children: React.ReactNode }

function Stat({ tone, title, children }: StatProps) {
  return (
    <div className="stat" data-tone={tone} title={title}>
      {children}
    </div>
  )
}

const viewIcon = { chart: 'chart', list: 'list' } as const

function ViewSwitch() {
  const place = useCanvasPlace()
  const isNarrow = useIsNarrow()
  const go = useGo()
  const shown: View = place.view ?? (isNarrow ? 'list' : 'chart')
  return (
    <fieldset className="segments">
      <legend className="sr-only">{text.header.view.label}</legend>
      {views.map((view) => (
        <button
          key={view}
          type="button"
          aria-pressed={view === shown}
          aria-label={text.header.view[view]}
          title={text.header.view[view]}
          onClick={() => go({ ...place, view }, 'replace')}
        >
          <Icon name={viewIcon[view]} />
        </button>
      ))}
    </fieldset>
  )
}
