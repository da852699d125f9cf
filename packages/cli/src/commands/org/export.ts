import { access } from 'node:fs/promises'
import { join } from 'node:path'
import type { Command } from 'commander'
import type { Cli } from '../../cli.ts'
import { CliError } from '../../cli-error.ts'
import { exitCode } from '../../exit-code.ts'
import { writeTextFolder } from '../../text-folder.ts'

export const orgExport = (command: Command, cli: Cli) =>
  command
    .argument('[folder]', 'written there; without it, org.yaml is printed')
    .option('--overwrite', 'in the place of an org.yaml that is there')
    .action(async (folder: string | undefined, { overwrite }: { overwrite?: boolean }) => {
      const { out, signal } = cli
      const exported = await cli.client().org.export({ signal })
      const text = exported.files['org.yaml'] ?? ''
      const others = Object.keys(exported.files).length - 1
      if (folder === undefined) {
        out.show(exported, () => out.lines([text.trimEnd()]))
        if (others > 0) out.note(`${others} more files belong to it: name a folder for them.`)
      } else {
        await refuseTaken(join(folder, 'org.yaml'), overwrite)
        await writeTextFolder(folder, exported.files)
      }
      for (const each of exported.left_out) out.note(`Not stored, so not in it: ${each}`)
      if (folder !== undefined) out.note(`${exported.count} workspaces are in ${folder}.`)
    })

async function refuseTaken(file: string, overwrite: boolean | undefined) {
  const isThere = await access(file).then(
    () => true,
    () => false,
  )
  if (!isThere || overwrite) return
  throw new CliError(`${file} is there already.`, {
    exitCode: exitCode.conflict,
    hint: 'Write over it with --overwrite.',
  })
}
