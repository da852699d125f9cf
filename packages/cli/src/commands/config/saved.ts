import type { Config } from '@molecule/contract/config'
import type { Cli } from '../../cli.ts'

/** What became of a change, and when it counts. */
export function tellSaved({ out }: Cli, ws: string, config: Config): void {
  out.show(config, () => {
    for (const warning of config.warnings) out.note(`Warning: ${warning}`)
    out.lines([`The configuration of ${ws} is at version ${config.version}.`])
    if (config.needs_restart) out.note(`It counts from the next start: molecule ws restart ${ws}`)
  })
}
