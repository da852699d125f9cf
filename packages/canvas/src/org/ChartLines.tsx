import type { Layout } from '../layout/pack.ts'
import { curveBetween, roundedPath, routeDown } from '../layout/route.ts'
import type { DelegationLink } from '../state/links.ts'
import { text } from '../strings.ts'
import { linesZ } from './flow-nodes.ts'

type Props = {
  layout: Layout
  parentOf: (id: string) => string | null
  links: readonly DelegationLink[]
}

const maxMovingDots = 40
const link = { running: 2, failed: 1, queued: 0 } as const

/** Reporting lines, faint, and over them what is being delegated now. */
export function ChartLines({ layout, parentOf, links }: Props) {
  const drawn = links
    .toSorted((a, b) => link[a.state] - link[b.state])
    .map((one) => ({ ...one, path: pathOf(layout, parentOf, one.from, one.to) }))
    .filter(({ path }) => path !== '')
  return (
    <svg className="lines" style={{ zIndex: linesZ }} aria-hidden="true">
      <defs>
        {(['running', 'queued', 'failed'] as const).map((state) => (
          <marker
            key={state}
            id={`arrow-${state}`}
            className="line-arrow"
            data-state={state}
            viewBox="0 0 8 8"
            refX="7"
            refY="4"
            markerWidth="8"
            markerHeight="8"
            markerUnits="userSpaceOnUse"
            orient="auto-start-reverse"
          >
            <path d="M0.5 0.8 7 4 0.5 7.2Z" />
          </marker>
        ))}
      </defs>
      <path className="line-report" d={reportingPaths(layout, parentOf)} />
      {drawn.map(({ from, to, state, count, path }) => (
        <g key={`${from}${to}`} className="line" data-state={state}>
          <title>{text.org.links[state](count)}</title>
          <path d={path} markerEnd={`url(#arrow-${state})`} />
          {state === 'running' && drawn.length <= maxMovingDots && (
            <circle className="line-dot" r="3.5">
              <animateMotion dur="2.6s" repeatCount="indefinite" path={path} />
            </circle>
          )}
        </g>
      ))}
    </svg>
  )
}

function reportingPaths(layout: Layout, parentOf: (id: string) => string | null) {
  return [...layout.cards.keys()]
    .map((id) => pathOf(layout, parentOf, parentOf(id) ?? '', id))
    .join(' ')
}

function pathOf(
  layout: Layout,
  parentOf: (id: string) => string | null,
  from: string,
  to: string,
): string {
  const [start, end] = [layout.cards.get(from), layout.cards.get(to)]
  if (!start || !end) return ''
  const down = layout.frames.get(from)
  if (down && parentOf(to) === from) return roundedPath(routeDown(start, down, end))
  const up = layout.frames.get(to)
  if (up && parentOf(from) === to) return roundedPath(routeDown(end, up, start).toReversed())
  return curveBetween(start, end)
}
