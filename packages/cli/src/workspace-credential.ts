import { type Cli, clientFor } from './cli.ts'
import { usageError } from './cli-error.ts'
import { given } from './environment.ts'
import { workspaceIdOf } from './find-workspace.ts'

/** The token of a workspace. What an operator has stored on this machine is not for agents. */
export function workspaceToken({ env, options }: Cli): string {
  const token =
    given(options().token) ?? given(env.MOLECULE_WORKSPACE_TOKEN) ?? given(env.MOLECULE_TOKEN)
  if (token !== undefined) return token
  throw usageError(
    'There is no token.',
    'Set MOLECULE_WORKSPACE_TOKEN to the token of the workspace; *Access* in the canvas makes a new one.',
  )
}

/** The workspace that is named, else that of WORKSPACE_ID, else the one whose token it is. */
export async function workspaceInPlay(
  cli: Cli,
  { url, token, named }: { url: string; token: string; named: string | undefined },
): Promise<string> {
  const { signal } = cli
  const client = clientFor({ url, token })
  const asked = given(named) ?? given(cli.env.WORKSPACE_ID)
  if (asked !== undefined) return workspaceIdOf(client, asked, signal)
  const { workspace_id } = await client.session.current({ signal })
  if (workspace_id) return workspace_id
  throw usageError(
    'This is not the token of a workspace.',
    'Take that of the workspace to work for: *Access* in the canvas, or molecule ws connect <ws> --rotate.',
  )
}
