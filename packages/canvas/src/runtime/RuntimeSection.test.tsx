import { Runtime } from '@molecule/contract/runtime'
import { expect, test } from 'vitest'
import { givenWorkspace } from '../testing/given.ts'
import { shownTo } from '../testing/shown.tsx'
import { ModelFact } from './ModelFact.tsx'
import { RuntimeSection } from './RuntimeSection.tsx'

const runtime = Runtime.parse({
  ...{ id: 'codex', display_name: 'Codex', default_model: 'gpt', provision_timeout_s: 60 },
  capabilities: { session: true, model: true, streaming: true },
  ...{ required_env: [], required_config: [] },
})

test('what runs there is told with its arguments, and where it runs', () => {
  const runtime_config = { command: 'sh', args: ['-c', 'date', 7] }

  const html = shownTo(
    'viewer',
    <RuntimeSection workspace={givenWorkspace('w', { runtime_config, workspace_dir: '/work' })} />,
  )

  for (const words of ['sh -c date', 'process', '/work']) expect(html).toContain(words)
  expect(html).not.toContain('Model')
})

test('that something counts from the next start is said while it runs, not before its first start', () => {
  const shown = (status: 'online' | 'provisioning') =>
    shownTo(
      'owner',
      <RuntimeSection workspace={givenWorkspace('w', { status, needs_restart: true })} />,
    )

  expect(shown('online')).toContain('counts from the next start')
  expect(shown('provisioning')).not.toContain('counts from the next start')
})

test('who may only read sees the model and cannot change it', () => {
  const workspace = givenWorkspace('w', { model: 'gpt-5' })

  const html = shownTo('viewer', <ModelFact workspace={workspace} runtime={runtime} />)

  expect(html).toContain('gpt-5')
  expect(html).toContain('aria-disabled="true"')
})
