import type { Command } from 'commander'
import { span } from '../../arguments.ts'
import type { Cli } from '../../cli.ts'
import { usageError } from '../../cli-error.ts'
import { matchCredential } from '../../find-credential.ts'
import { workspaceIdOf } from '../../find-workspace.ts'

type RotateOptions = { workspace?: string; overlap?: number }

export const tokenRotate = (command: Command, cli: Cli) =>
  command
    .argument('[token]', 'of the org: its id, prefix or name; of a workspace all are replaced')
    .option(
      '--overlap <span>',
      'honor the old one that long still: 10m (default: not at all)',
      span,
    )
    .action(async (given: string | undefined, options: RotateOptions) => {
      await (options.workspace === undefined
        ? rotateOfOrg(cli, given, options)
        : rotateOfWorkspace(cli, given, { ...options, workspace: options.workspace }))
    })

const queryOf = ({ overlap }: RotateOptions) =>
  overlap === undefined ? {} : { overlap_s: overlap }

async function rotateOfOrg(
  { client, out, signal }: Cli,
  given: string | undefined,
  options: RotateOptions,
) {
  if (given === undefined)
    throw usageError(
      'Which token?',
      'Give its id, prefix or name; --workspace WS for those of a workspace.',
    )
  const { tokens } = await client().tokens.org.list({ signal })
  const { id, prefix } = matchCredential(tokens, given, 'token')
  const minted = await client().tokens.org.rotate(id, queryOf(options), { signal })
  out.show(minted, () => {
    out.lines([minted.auth_token])
    out.note(`It takes the place of ${prefix}…, ${fate(options)}.`)
    out.note(minted.warning)
  })
}

async function rotateOfWorkspace(
  { client, out, signal }: Cli,
  given: string | undefined,
  options: RotateOptions & { workspace: string },
) {
  if (given !== undefined)
    throw usageError(
      'Of a workspace all tokens are rotated together.',
      'Leave the token out; to end one alone use `molecule token revoke`.',
    )
  const id = await workspaceIdOf(client(), options.workspace, signal)
  const minted = await client().tokens.workspace.rotate(id, queryOf(options), { signal })
  out.show(minted, () => {
    out.lines([minted.auth_token])
    out.note(`It takes the place of all tokens of the workspace, ${fate(options)}.`)
    out.note(minted.message)
  })
}

const fate = ({ overlap = 0 }: RotateOptions) =>
  overlap === 0 ? 'revoked now' : `honored for ${overlap} s more`
