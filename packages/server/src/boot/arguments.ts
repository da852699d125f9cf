import { parseArgs } from 'node:util'
import { StartError } from './start-error.ts'

export type Arguments = { demo: boolean; down: boolean; repository: string }

export const usage = `Usage: npm start -- [options]
  --no-demo            start without the demo organization
  --repository PATH    let the demo review this folder (default: the current one)
  --down               stop every agent of the data folder, then end
  --help               show this`

/** `undefined` asks for the usage. */
export function readArguments(args: string[], cwd: string): Arguments | undefined {
  try {
    const { values } = parseArgs({
      args,
      options: {
        'no-demo': { type: 'boolean', default: false },
        repository: { type: 'string', default: cwd },
        down: { type: 'boolean', default: false },
        help: { type: 'boolean', default: false },
      },
    })
    if (values.help) return undefined
    return { demo: !values['no-demo'], down: values.down, repository: values.repository }
  } catch (error) {
    throw new StartError(error instanceof Error ? error.message : String(error), usage)
  }
}
