import { Connection } from '@molecule/contract/registry'
import type { Workspace } from '@molecule/contract/workspace'
import { expect, test } from 'vitest'
import { givenWorkspace } from '../testing/given.ts'
import { shownTo } from '../testing/shown.tsx'
import { ConnectView } from './ConnectView.tsx'

const connection = (auth_token: string) =>
  Connection.parse({
    workspace_id: crypto.randomUUID(),
    platform_url: 'https://org.example',
    auth_token,
    registry_endpoint: 'https://org.example/registry/register',
    heartbeat_endpoint: 'https://org.example/registry/heartbeat',
    mcp_endpoint: 'https://org.example/workspaces/x/mcp',
    snippets: [
      {
        ...{ id: 'codex', title: 'Codex', language: 'sh', text: 'codex mcp list' },
        common_problems: [{ problem: '401', fix: 'Rotate the credentials.' }],
      },
      { id: 'http', title: 'Plain HTTP', language: 'sh', text: 'curl', common_problems: [] },
    ],
    created_at: '2026-01-02T09:00:00.000Z',
  })
const shown = (token: string, status: Workspace['status']) =>
  shownTo(
    'owner',
    <ConnectView connection={connection(token)} workspace={givenWorkspace('w', { status })} />,
  )

test('the lines of the first are there, with what goes wrong, and all others to choose', () => {
  const html = shown('mol_workspace_secret', 'awaiting_agent')

  for (const words of ['codex mcp list', '401', 'Rotate the credentials.', 'Plain HTTP'])
    expect(html).toContain(words)
  expect(html).toContain('mol_workspace_secret')
  expect(html).toContain('Waiting for the first sign')
})

test('without a token it says where to get one, and an agent that has come is seen', () => {
  const html = shown('', 'online')

  expect(html).toContain('The token is not shown again')
  expect(html).toContain('Its agent is connected.')
})
