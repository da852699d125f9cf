import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import type { Reason } from '@molecule/contract/workspace'
import { commandFault } from './command-config.ts'

const limitMs = 10_000

type Cli = {
  command: string
  path: string
  workDir: string
  /** As people call it, and as npm does. */
  title: string
  npmName: string
  testedWith: string
}

/** Why an agent CLI cannot be used here, with what to install; looks whether it starts at all. */
export async function cliFault({
  title,
  npmName,
  testedWith,
  ...place
}: Cli): Promise<Reason | undefined> {
  const reason = await commandFault(place)
  if (reason?.code === 'command_not_found')
    return {
      code: 'runtime_missing',
      detail: `${title} is not installed here. ${reason.detail}`,
      hint: `Install it (npm install -g ${npmName}), or name its place as \`command\` in the runtime_config, then restart the workspace. It was tested with ${testedWith}.`,
    }
  if (reason) return reason
  try {
    const { command, path, workDir } = place
    await promisify(execFile)(command, ['--version'], {
      cwd: workDir,
      env: { PATH: path },
      timeout: limitMs,
    })
    return undefined
  } catch (error) {
    return {
      code: 'runtime_broken',
      detail: `\`${place.command} --version\` fails: ${error instanceof Error ? error.message : error}`,
      hint: `Install it again, with its install scripts: npm install -g ${npmName}@${testedWith}`,
    }
  }
}
