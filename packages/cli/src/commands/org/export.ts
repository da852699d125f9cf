import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Command } from 'commander'
import type { Cli } from '../../cli.ts'
import { CliError } from '../../cli-error.ts'
import { exitCode } from '../../exit-code.ts'

export const orgExport = (command: Command, cli: Cli) =>
  command
    .argument('[folder]', 'written there as org.yaml; without it, printed')
    .option('--overwrite', 'in the place of an org.yaml that is there')
    .action(async (folder: string | undefined, { overwrite }: { overwrite?: boolean }) => {
      const { out, signal } = cli
      const exported = await cli.client().org.export({ signal })
      const text = exported.files['org.yaml'] ?? ''
      if (folder === undefined) out.show(exported, () => out.lines([text.trimEnd()]))
      else await write(join(folder, 'org.yaml'), folder, { text, overwrite })
      for (const each of exported.left_out) out.note(`Not stored, so not in it: ${each}`)
      if (folder !== undefined) out.note(`${exported.count} workspaces are in ${folder}.`)
    })

type What = { text: string; overwrite: boolean | undefined }

async function write(file: string, folder: string, { text, overwrite }: What) {
  await mkdir(folder, { recursive: true })
  await writeFile(file, text, { flag: overwrite ? 'w' : 'wx' }).catch((error) => {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
    throw new CliError(`${file} is there already.`, {
      exitCode: exitCode.conflict,
      hint: 'Write over it with --overwrite.',
    })
  })
}
