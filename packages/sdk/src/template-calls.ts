import type {
  ImportedTemplate,
  ImportTemplate,
  SaveTemplate,
  WorkspaceTemplate,
  WorkspaceTemplateFiles,
} from '@molecule/contract/workspace-template'
import type { CallOptions, Requester } from './request.ts'

/** What configurations of new workspaces begin with. */
export function templateCalls(request: Requester) {
  const one = (id: string) => `/templates/${encodeURIComponent(id)}`
  return {
    list: (call: CallOptions = {}) =>
      request<WorkspaceTemplate[]>({ method: 'GET', path: '/templates', ...call }),
    import: (body: ImportTemplate, call: CallOptions = {}) =>
      request<ImportedTemplate>({ method: 'POST', path: '/templates/import', body, ...call }),
    get: (id: string, call: CallOptions = {}) =>
      request<WorkspaceTemplateFiles>({ method: 'GET', path: one(id), ...call }),
    /** All of its files anew; 409 `conflict` when another version than `base` is the newest. */
    save: (id: string, body: SaveTemplate, call: CallOptions = {}) =>
      request<WorkspaceTemplateFiles>({ method: 'PUT', path: one(id), body, ...call }),
    remove: (id: string, call: CallOptions = {}) =>
      request<void>({ method: 'DELETE', path: one(id), ...call }),
  }
}
