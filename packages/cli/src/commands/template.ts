import type { WorkspaceTemplate } from '@molecule/contract/workspace-template'
import type { Command } from 'commander'
import type { Cli } from '../cli.ts'
import { isConfirmed } from '../confirm.ts'
import type { Column } from '../output/table.ts'
import { since } from '../output/time.ts'
import { readTextFolder } from '../text-folder.ts'
import { templatePull } from './template/pull.ts'

export function template(command: Command, cli: Cli) {
  const add = (name: string, description: string) => command.command(name).description(description)
  templateList(add('list', 'List the templates'), cli)
  templateImport(add('import', 'Make a template of the files in a folder'), cli)
  templatePull(add('pull', 'Write the files of a template into a folder'), cli)
  templateSave(add('save', 'Save the files of a folder as the next version of a template'), cli)
  templateDelete(add('delete', 'Delete a template; what was made from it stays'), cli)
}

const templateList = (command: Command, cli: Cli) =>
  command.action(async () => {
    const { out, signal } = cli
    const found = await cli.client().templates.list({ signal })
    out.show(found, () => {
      if (found.length === 0) out.note('There are no templates.')
      else out.table(found, columns)
    })
  })

const columns: Column<WorkspaceTemplate>[] = [
  { title: 'ID', cell: ({ id }) => id },
  { title: 'VERSION', cell: ({ version }) => version, align: 'right' },
  { title: 'RUNTIME', cell: ({ runtime }) => runtime },
  { title: 'SKILLS', cell: ({ skills }) => skills.join(', '), canShrink: true },
  { title: 'CHANGED', cell: ({ updated_at }) => since(updated_at), align: 'right', dropRank: 1 },
  { title: 'DESCRIPTION', cell: ({ description }) => description, canShrink: true },
]

const templateImport = (command: Command, cli: Cli) =>
  command
    .argument('<name>', 'its id is made from it')
    .argument('<folder>', 'holds config.yaml, prompts, skills')
    .action(async (name: string, folder: string) => {
      const { out, signal } = cli
      const files = await readTextFolder(folder, 'config.yaml')
      const made = await cli.client().templates.import({ name, files }, { signal })
      out.show(made, () => out.lines([made.id]))
    })

const templateSave = (command: Command, cli: Cli) =>
  command
    .argument('<template>', 'its id')
    .argument('<folder>', 'holds config.yaml, prompts, skills')
    .option('--note <text>', 'why, for the history')
    .action(async (id: string, folder: string, options: { note?: string }) => {
      const { out, signal } = cli
      const client = cli.client()
      const files = await readTextFolder(folder, 'config.yaml')
      const { version: base } = await client.templates.get(id, { signal })
      const saved = await client.templates.save(id, { base, files, ...options }, { signal })
      out.show(saved, () => {
        out.lines([`${id} is at version ${saved.version}.`])
        out.note(
          'What was made from it takes it up with: molecule ws restart <ws> --apply-template',
        )
      })
    })

const templateDelete = (command: Command, cli: Cli) =>
  command
    .argument('<template>', 'its id')
    .option('--yes', 'without asking')
    .action(async (id: string, { yes }: { yes?: boolean }) => {
      const { out, signal } = cli
      const { version } = await cli.client().templates.get(id, { signal })
      const what = `delete the template ${id} with its ${version} versions`
      if (!yes && !(await isConfirmed(cli, { what }))) return out.note('Nothing was changed.')
      await cli.client().templates.remove(id, { signal })
      return out.show({ deleted: id }, () => out.lines([`${id} is deleted.`]))
    })
