import { readFile } from 'node:fs/promises'
import type { AdapterSettings, AdapterTask } from '../adapter.ts'

/** Where programs are looked for. */
export const pathFor = ({ binDir, env }: AdapterSettings, own: Readonly<Record<string, string>>) =>
  [binDir, own.PATH ?? env.PATH].filter(Boolean).join(':')

type Own = {
  /** What the adapter sets, and anybody may set otherwise. */
  readonly usual?: Readonly<Record<string, string>>
  /** Of the runtime_config. */
  readonly own: Readonly<Record<string, string>>
}

/**
 * What the programs of a workspace find in their environment. Of the secrets that reach us, those of the org stand back behind the
 * runtime_config already.
 */
export const workspaceEnvironment = (
  settings: AdapterSettings,
  { usual, own }: Own,
): Record<string, string> => ({
  ...settings.env,
  ...usual,
  ...own,
  ...settings.secrets,
  PATH: pathFor(settings, own),
  ...settings.fixedEnv,
  WORKSPACE_ID: settings.workspaceId,
  PLATFORM_URL: settings.platformUrl(),
})

/** The same for the work on one task, with the marks of its attempt, by which its programs are ended. */
export const environmentFor = (
  settings: AdapterSettings,
  task: AdapterTask,
  own: Own,
): Record<string, string> => ({
  ...workspaceEnvironment(settings, own),
  TASK_ID: task.taskId,
  TASK_ATTEMPT: String(task.attempt),
})

/** The tools of the organization: where they are, and the token for them, which belongs in no argument. */
export async function organizationTools({ platformUrl, workspaceId, tokenFile }: AdapterSettings) {
  const token = (await readFile(tokenFile, 'utf8')).trim()
  return { url: `${platformUrl()}/workspaces/${workspaceId}/mcp`, token }
}
