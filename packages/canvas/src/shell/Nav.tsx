import { home, type Place, type Section, wholeLog } from '../lib/place.ts'
import { text } from '../strings.ts'
import { Icon, type IconName } from '../ui/Icon.tsx'
import { PlaceLink } from '../ui/PlaceLink.tsx'
import { useRight } from '../use-right.ts'
import { usePlace } from '../use-services.ts'

/** The pages beside the chart. On a narrow screen it lies at the bottom, in reach of a thumb. */
export function Nav() {
  const { page } = usePlace()
  const section: Section = useRight('org:admin') ? 'people' : 'secrets'
  return (
    <nav className="nav" aria-label={text.pages.label}>
      <Item to={home} icon="chart" isHere={page === 'canvas'} />
      <Item to={{ page: 'board', of: undefined }} icon="list" isHere={page === 'board'} />
      <Item to={{ page: 'settings', section }} icon="settings" isHere={page === 'settings'} />
      <Item to={{ page: 'audit', lens: wholeLog }} icon="ledger" isHere={page === 'audit'} />
    </nav>
  )
}

type ItemProps = { to: Exclude<Place, { page: 'login' }>; icon: IconName; isHere: boolean }

function Item({ to, icon, isHere }: ItemProps) {
  return (
    <PlaceLink to={to} className="nav-item" isHere={isHere}>
      <Icon name={icon} />
      {text.pages[to.page]}
    </PlaceLink>
  )
}
