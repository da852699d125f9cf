import type { Command } from 'commander'
import type { Cli } from '../../cli.ts'
import { usageError } from '../../cli-error.ts'
import { workspaceIdOf } from '../../find-workspace.ts'
import { readTextFolder, writeTextFolder } from '../../text-folder.ts'
import { tellSaved } from './saved.ts'

/** Beside the pulled files, so that a push knows what it is based on. */
const revisionFile = '.molecule-revision'

export const configPull = (command: Command, cli: Cli) =>
  command
    .argument('<folder>', 'made if it is not there; files of these names are written over')
    .action(async (ws: string, folder: string) => {
      const { out, signal } = cli
      const client = cli.client()
      const id = await workspaceIdOf(client, ws, signal)
      const { files, revision, version } = await client.config.get(id, { signal })
      await writeTextFolder(folder, { ...files, [revisionFile]: `${revision}\n` })
      const count = Object.keys(files).length
      out.show({ version, files: Object.keys(files) }, () =>
        out.lines([`Version ${version}: ${count} files are in ${folder}.`]),
      )
    })

type Options = { note?: string; force?: boolean }

export const configPush = (command: Command, cli: Cli) =>
  command
    .argument('<folder>', 'as pull wrote it; files that are gone from it are removed')
    .option('--note <text>', 'why, for the history')
    .option('--force', 'whatever was saved since the pull')
    .action(async (ws: string, folder: string, { force, ...options }: Options) => {
      const { signal } = cli
      const client = cli.client()
      const { [revisionFile]: pulled, ...files } = await readTextFolder(folder, 'config.yaml')
      const id = await workspaceIdOf(client, ws, signal)
      const base = force ? (await client.config.get(id, { signal })).revision : pulled?.trim()
      if (base === undefined)
        throw usageError(
          `${folder} was not written by pull.`,
          'Pull first, or save whatever is there now with --force.',
        )
      const saved = await client.config.save(
        id,
        { base, files, replace: true, ...options },
        { signal },
      )
      await writeTextFolder(folder, { [revisionFile]: `${saved.revision}\n` })
      tellSaved(cli, ws, saved)
    })
