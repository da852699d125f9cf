import type { Command } from 'commander'
import type { Cli } from '../../cli.ts'
import { notFound } from '../../cli-error.ts'
import { workspaceIdOf } from '../../find-workspace.ts'

export const configShow = (command: Command, cli: Cli) =>
  command
    .argument('[file]', 'its path; without it, all are listed')
    .action(async (ws: string, file: string | undefined) => {
      const { out, signal } = cli
      const client = cli.client()
      const id = await workspaceIdOf(client, ws, signal)
      const config = await client.config.get(id, { signal })
      if (file === undefined) {
        out.show(config, () => {
          out.table(
            Object.entries(config.files).map(([path, content]) => ({ path, content })),
            [
              { title: 'FILE', cell: ({ path }) => path, canShrink: true },
              {
                title: 'BYTES',
                cell: ({ content }) => Buffer.byteLength(content),
                align: 'right',
              },
            ],
          )
          const by = config.author ? `, saved by ${config.author}` : ', as it was made'
          out.note(`Version ${config.version}${by}.`)
          for (const warning of config.warnings) out.note(`Warning: ${warning}`)
        })
        return
      }
      const text = config.files[file]
      if (text === undefined)
        throw notFound(
          `${ws} has no file "${file}" in its configuration.`,
          `It has: ${Object.keys(config.files).join(', ')}.`,
        )
      out.show({ path: file, content: text }, () => out.lines([text.replace(/\n$/, '')]))
    })
