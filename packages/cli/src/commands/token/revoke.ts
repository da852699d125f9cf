import type { Command } from 'commander'
import type { Cli } from '../../cli.ts'
import { matchCredential } from '../../find-credential.ts'
import { workspaceIdOf } from '../../find-workspace.ts'

export const tokenRevoke = (command: Command, cli: Cli) =>
  command
    .argument('<token>', 'its id, prefix or name')
    .action(async (given: string, { workspace }: { workspace?: string }) => {
      await (workspace === undefined
        ? revokeOfOrg(cli, given)
        : revokeOfWorkspace(cli, given, workspace))
    })

async function revokeOfOrg({ client, out, signal }: Cli, given: string) {
  const { tokens } = await client().tokens.org.list({ signal })
  const { id, prefix } = matchCredential(tokens, given, 'token')
  const result = await client().tokens.org.revoke(id, { signal })
  out.show(result, () => out.lines([`Revoked ${prefix}….`]))
}

async function revokeOfWorkspace({ client, out, signal }: Cli, given: string, workspace: string) {
  const workspaceId = await workspaceIdOf(client(), workspace, signal)
  const { tokens } = await client().tokens.workspace.list(workspaceId, {}, { signal })
  const { id, prefix } = matchCredential(tokens, given, 'token')
  const result = await client().tokens.workspace.revoke(workspaceId, id, { signal })
  out.show(result, () => out.lines([`Revoked ${prefix}….`]))
}
