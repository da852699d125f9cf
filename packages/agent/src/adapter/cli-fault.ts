import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import type { Reason } from '@molecule/contract/workspace'
import { commandFault } from './command-config.ts'

const limitMs = 10_000

/** An agent CLI, as people call it and as npm does. */
export type Program = {
  readonly title: string
  readonly npmName: string
  readonly testedWith: string
  /** The oldest version that is known to work. */
  readonly worksFrom: string
}

type Cli = Program & {
  readonly command: string
  readonly path: string
  readonly workDir: string
}

/** Why an agent CLI cannot be used here, with what to install; looks whether it starts at all. */
export async function cliFault({
  title,
  npmName,
  testedWith,
  worksFrom,
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
    const { stdout } = await promisify(execFile)(command, ['--version'], {
      cwd: workDir,
      env: { PATH: path },
      timeout: limitMs,
    })
    const version = versionIn(stdout)
    if (version === undefined || !isOlder(version, worksFrom)) return undefined
    return {
      code: 'runtime_too_old',
      detail: `${title} is ${version} here; what drives it needs ${worksFrom} or newer.`,
      hint: `Install a newer one (npm install -g ${npmName}@${testedWith}), then restart the workspace.`,
    }
  } catch (error) {
    return {
      code: 'runtime_broken',
      detail: `\`${place.command} --version\` fails: ${error instanceof Error ? error.message : error}`,
      hint: `Install it again, with its install scripts: npm install -g ${npmName}@${testedWith}`,
    }
  }
}

/** Nothing where a program says none: it may be a wrapper of somebody's own. */
const versionIn = (text: string) => /\d+\.\d+\.\d+/.exec(text)?.[0]

const isOlder = (version: string, than: string) =>
  version.localeCompare(than, 'en', { numeric: true }) < 0
