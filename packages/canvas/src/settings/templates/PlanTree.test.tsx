import { PlannedNode } from '@molecule/contract/org'
import { renderToStaticMarkup } from 'react-dom/server'
import { expect, test } from 'vitest'
import { shownTo } from '../../testing/shown.tsx'
import { MissingKeys } from './MissingKeys.tsx'
import { PlanTree } from './PlanTree.tsx'

const node = (part: Partial<PlannedNode>): PlannedNode =>
  PlannedNode.parse({
    path: ['Lead'],
    action: 'create',
    id: null,
    runtime: 'command',
    changes: [],
    blocked_by: null,
    config: { layers: [], files: [] },
    removes: [],
    not_applied: [],
    peers: 0,
    ...part,
  })

test('a plan is a tree that says what is new, what has no effect yet and what is in the way', () => {
  const html = renderToStaticMarkup(
    <PlanTree
      nodes={[
        node({
          config: { layers: ['template helper, version 1', 'org.yaml'], files: ['config.yaml'] },
          not_applied: ['plugins', 'channels'],
        }),
        node({
          path: ['Lead', 'Dev'],
          action: 'blocked',
          blocked_by: { code: 'unknown_runtime', detail: 'there is no runtime "x"', hint: '' },
        }),
      ]}
    />,
  )

  for (const words of ['Lead', 'new', 'Not applied yet: plugins, channels', 'Dev', 'blocked'])
    expect(html).toContain(words)
  expect(html).toContain('Configuration: 1 file of template helper, version 1, then org.yaml')
  expect(html).toContain('there is no runtime &quot;x&quot;')
  expect(html).toContain('margin-inline-start:1rem')
})

test('each key that is missing has a field, and of a group one is enough', () => {
  const missing = ['API_KEY', { any_of: ['A_KEY', 'B_KEY'] }]
  const html = shownTo(
    'owner',
    <MissingKeys lead="" missing={missing} save={async () => {}} onStored={() => {}} />,
  )

  expect(html.match(/type="password"/g)).toHaveLength(3)
  expect(html.match(/one of these is enough/g)).toHaveLength(2)
  expect(html).toContain('Store API_KEY')
})
