import type { Command } from 'commander'
import type { Cli } from '../../cli.ts'
import { writeTextFolder } from '../../text-folder.ts'

export const templatePull = (command: Command, cli: Cli) =>
  command
    .argument('<template>', 'its id')
    .argument('<folder>', 'made if it is not there; files of these names are written over')
    .action(async (id: string, folder: string) => {
      const { out, signal } = cli
      const { files, version } = await cli.client().templates.get(id, { signal })
      await writeTextFolder(folder, files)
      const count = Object.keys(files).length
      out.show({ version, files: Object.keys(files) }, () =>
        out.lines([`Version ${version}: ${count} files are in ${folder}.`]),
      )
    })
