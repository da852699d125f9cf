import { statSync } from 'node:fs'
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
  const { help, down, repository = cwd, 'no-demo': isWithout } = parse(args)
  if (help) return undefined
  if (!statSync(repository, { throwIfNoEntry: false })?.isDirectory())
    throw new StartError(
      `The demo cannot review ${repository}: there is no such folder.`,
      'Give --repository the path of a folder, or leave it out for the current one.',
    )
  return { demo: !isWithout, down, repository }
}

function parse(args: string[]) {
  const flag = { type: 'boolean', default: false } as const
  const options = {
    'no-demo': flag,
    repository: { type: 'string' },
    down: flag,
    help: flag,
  } as const
  try {
    return parseArgs({ args, options }).values
  } catch (error) {
    const [message] = (error instanceof Error ? error.message : String(error)).split('. ')
    throw new StartError(`${message}.`, usage)
  }
}
