import { readFile, writeFile } from 'node:fs/promises'
import type { ImportedNode } from '@molecule/contract/bundle'
import type { Command } from 'commander'
import type { Cli } from '../cli.ts'
import { CliError, usageError } from '../cli-error.ts'
import { exitCode } from '../exit-code.ts'
import { workspaceIdOf } from '../find-workspace.ts'

export function bundle(command: Command, cli: Cli) {
  const add = (name: string, description: string) => command.command(name).description(description)
  bundleExport(add('export', 'Write a workspace and all below it into a signed file'), cli)
  bundleImport(add('import', 'Make new workspaces of such a file'), cli)
  bundleKey(add('key', 'Print the key that bundles of this installation are signed with'), cli)
}

const bundleExport = (command: Command, cli: Cli) =>
  command
    .argument('<ws>', 'workspace: name, path or id')
    .argument('[file]', 'written there; without it, printed')
    .option('--overwrite', 'in the place of a file that is there')
    .action(
      async (ws: string, file: string | undefined, { overwrite }: { overwrite?: boolean }) => {
        const { out, signal } = cli
        const client = cli.client()
        const id = await workspaceIdOf(client, ws, signal)
        const found = await client.bundles.export(id, { signal })
        const text = JSON.stringify(found, null, 2)
        if (file === undefined) out.show(found, () => out.lines([text]))
        else {
          await write(file, `${text}\n`, overwrite === true)
          const { workspaces = 0, files = 0 } = found.manifest ?? {}
          out.show({ file, workspaces, files }, () =>
            out.lines([`${workspaces} workspaces with ${files} files are in ${file}.`]),
          )
        }
        for (const place of found.manifest?.redacted ?? [])
          out.note(`Something that looks like a secret was blacked out: ${place}`)
      },
    )

async function write(file: string, text: string, overwrite: boolean) {
  await writeFile(file, text, { flag: overwrite ? 'w' : 'wx', mode: 0o600 }).catch((error) => {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
    throw new CliError(`${file} is there already.`, {
      exitCode: exitCode.conflict,
      hint: 'Write over it with --overwrite.',
    })
  })
}

type Options = { parent?: string; signedBy?: string }

const bundleImport = (command: Command, cli: Cli) =>
  command
    .argument('<file>', 'as export wrote it')
    .option('--parent <ws>', 'workspace that it goes below: name, path or id')
    .option('--signed-by <key>', 'take it only if it is signed with this key')
    .action(async (file: string, { parent, signedBy }: Options) => {
      const { out, signal } = cli
      const client = cli.client()
      const sent = await read(file)
      const options = {
        ...(parent === undefined ? {} : { parent_id: await workspaceIdOf(client, parent, signal) }),
        ...(signedBy === undefined ? {} : { signed_by: signedBy }),
      }
      const made = await client.bundles.import(sent, options, { signal })
      out.show(made, () => {
        out.lines(linesOf(made, 0))
        if (made.signed_by === null) out.note('It bears no signature.')
        else out.note(`It is signed with ${made.is_own ? 'our own key' : made.signed_by}.`)
      })
    })

const linesOf = (
  { workspace_id, name, status, children }: ImportedNode,
  depth: number,
): string[] => [
  `${'  '.repeat(depth)}${workspace_id}  ${name}  ${status}`,
  ...children.flatMap((child) => linesOf(child, depth + 1)),
]

async function read(file: string): Promise<Record<string, unknown>> {
  const text = await readFile(file, 'utf8').catch(() => undefined)
  if (text === undefined)
    throw new CliError(`${file} cannot be read.`, {
      exitCode: exitCode.notFound,
      hint: 'Name a file that molecule bundle export wrote.',
    })
  const value = parsed(text)
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw usageError(`${file} is no bundle.`, 'Name a file that molecule bundle export wrote.')
  return value as Record<string, unknown>
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

const bundleKey = (command: Command, cli: Cli) =>
  command.action(async () => {
    const { out, signal } = cli
    const found = await cli.client().bundles.key({ signal })
    out.show(found, () => out.lines([found.key]))
  })
