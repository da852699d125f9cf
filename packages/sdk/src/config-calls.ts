import type {
  Config,
  ConfigSnapshot,
  ConfigVersion,
  EditConfig,
  RestoreConfig,
  SaveConfig,
} from '@molecule/contract/config'
import type { CallOptions, Requester } from './request.ts'

/** The configuration of a workspace: its files, and every version of them. */
export function configCalls(request: Requester) {
  const at = (workspace: string) => `/workspaces/${encodeURIComponent(workspace)}/config`
  return {
    get: (workspace: string, call: CallOptions = {}) =>
      request<Config>({ method: 'GET', path: at(workspace), ...call }),
    /** 409 `conflict` when it was changed since `base` was read. */
    save: (workspace: string, body: SaveConfig, call: CallOptions = {}) =>
      request<Config>({ method: 'PUT', path: at(workspace), body, ...call }),
    /** Sets and removes keys of `config.yaml`, whose comments stay. */
    edit: (workspace: string, body: EditConfig, call: CallOptions = {}) =>
      request<Config>({ method: 'PATCH', path: at(workspace), body, ...call }),
    /** Newest first. */
    versions: (workspace: string, call: CallOptions = {}) =>
      request<ConfigVersion[]>({ method: 'GET', path: `${at(workspace)}/versions`, ...call }),
    version: (workspace: string, version: number, call: CallOptions = {}) =>
      request<ConfigSnapshot>({
        method: 'GET',
        path: `${at(workspace)}/versions/${version}`,
        ...call,
      }),
    /** Its files as a new version. */
    restore: (
      { workspace, version }: { workspace: string; version: number },
      body: RestoreConfig,
      call: CallOptions = {},
    ) =>
      request<Config>({
        method: 'POST',
        path: `${at(workspace)}/versions/${version}/restore`,
        body,
        ...call,
      }),
  }
}
