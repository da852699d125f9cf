import type { Command } from 'commander'
import type { Cli } from '../cli.ts'
import { dataDirOf } from '../connection.ts'
import { runServer } from '../server-process.ts'

export const up = (command: Command, cli: Cli) =>
  command
    .usage('[options] [-- server arguments]')
    .argument('[args...]', 'handed to the server as they are')
    .allowUnknownOption()
    .addHelpText('after', '\nExample: molecule up -- --no-demo')
    .action(async (args: string[]) => {
      const { dataDir } = cli.options()
      const env =
        dataDir === undefined
          ? cli.env
          : { ...cli.env, MOLECULE_DATA_DIR: dataDirOf({ dataDir }, cli.env) }
      cli.endWith(await runServer({ args, env, isTerminal: cli.stdin.isTTY === true }))
    })
