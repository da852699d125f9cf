import { randomUUID } from 'node:crypto'
import { Bundle, BundleKey, ImportedBundle } from '@molecule/contract/bundle'
import {
  Config,
  ConfigVersion,
  EditConfig,
  RestoreConfig,
  SaveConfig,
} from '@molecule/contract/config'
import {
  ImportedTemplate,
  ImportTemplate,
  SaveTemplate,
  WorkspaceTemplate,
  WorkspaceTemplateFiles,
} from '@molecule/contract/workspace-template'
import { on, type Route, workspaceOf } from './contract-route.ts'
import { type ContractState, Refused } from './contract-state.ts'

const at = '2026-01-02T03:04:05.000Z'

const shown = (state: ContractState, id: string) =>
  Config.parse({
    workspace_id: workspaceOf(state, id).id,
    version: state.config.version,
    revision: `${state.config.version}-abc`,
    files: state.config.files,
    author: 'admin',
    note: '',
    created_at: at,
    needs_restart: state.config.version > 1,
    warnings: [],
  })

function save(state: ContractState, base: string | undefined, files: Record<string, string>) {
  const { version } = state.config
  if (base !== undefined && base !== `${version}-abc`)
    throw new Refused(409, 'conflict', 'the configuration was changed meanwhile')
  state.config = { version: version + 1, files }
}

const listed = (version: number) => ({
  ...{ id: 'helper', name: 'Helper', description: 'helps', version, tier: 2 },
  ...{ runtime: 'command', model: null, models: [], required_env: [], skills: ['review'] },
  ...{ skill_count: 1, provision_timeout_seconds: null, updated_at: at },
})

const templateRoutes: Route[] = [
  on('GET', '/templates', () => ({ body: [WorkspaceTemplate.parse(listed(1))] })),
  on('POST', '/templates/import', (_state, { body }) => {
    const { name } = ImportTemplate.parse(body)
    return { status: 201, body: ImportedTemplate.parse({ status: 'imported', id: 'helper', name }) }
  }),
  on('GET', '/templates/:id', (state, _asked, id) => {
    if (id !== 'helper') throw new Refused(404, 'not_found', `template ${id} does not exist`)
    const shown = { ...listed(1), files: state.config.files, versions: [] }
    return { body: WorkspaceTemplateFiles.parse(shown) }
  }),
  on('PUT', '/templates/:id', (_state, { body }) => {
    const { files } = SaveTemplate.parse(body)
    return { body: WorkspaceTemplateFiles.parse({ ...listed(2), files, versions: [] }) }
  }),
  on('DELETE', '/templates/:id', () => ({ status: 204 })),
]

const bundle = {
  ...{ schema: '1.0', id: 'x', name: 'Lead', system_prompt: 'Lead well.', sub_workspaces: [] },
  manifest: {
    ...{ algorithm: 'ed25519', key: 'k', digest: '0'.repeat(64), signature: 's' },
    ...{ workspaces: 1, files: 1, redacted: ['Lead: config.yaml'] },
  },
}

const bundleRoutes: Route[] = [
  on('GET', '/bundles/key', () => ({ body: BundleKey.parse({ algorithm: 'ed25519', key: 'k' }) })),
  on('GET', '/bundles/export/:id', (state, _asked, id) => {
    workspaceOf(state, id)
    return { body: Bundle.parse(bundle) }
  }),
  on('POST', '/bundles/import', (_state, { body, query }) => {
    const { name, manifest } = Bundle.parse(body)
    const wanted = query.get('signed_by')
    if (wanted !== null && manifest?.key !== wanted)
      throw new Refused(403, 'forbidden', 'the bundle is not signed')
    const made = { workspace_id: randomUUID(), name, status: 'provisioning', children: [] }
    const told = { ...made, count: 1, signed_by: manifest?.key ?? null, is_own: false }
    return { status: 201, body: ImportedBundle.parse(told) }
  }),
]

export const configRoutes: Route[] = [
  ...bundleRoutes,
  ...templateRoutes,
  on('GET', '/workspaces/:id/config', (state, _asked, id) => ({ body: shown(state, id) })),
  on('PUT', '/workspaces/:id/config', (state, { body }, id) => {
    const { base, files } = SaveConfig.parse(body)
    save(state, base, files as Record<string, string>)
    return { body: shown(state, id) }
  }),
  on('PATCH', '/workspaces/:id/config', (state, { body }, id) => {
    EditConfig.parse(body)
    save(state, undefined, state.config.files)
    return { body: shown(state, id) }
  }),
  on('GET', '/workspaces/:id/config/versions', (state, _asked, id) => {
    workspaceOf(state, id)
    const version = { version: 1, author: 'user:ann', note: 'first', restored_from: null }
    return { body: [ConfigVersion.parse({ ...version, changed: ['config.yaml'], created_at: at })] }
  }),
  on('POST', '/workspaces/:id/config/versions/[^/]+/restore', (state, { body }, id) => {
    save(state, RestoreConfig.parse(body).base, state.config.files)
    return { body: shown(state, id) }
  }),
]
