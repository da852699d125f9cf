import { constants } from 'node:fs'
import { access, stat } from 'node:fs/promises'
import { resolve } from 'node:path'
import type { CommandConfig, Reason } from '@molecule/contract/workspace'

/** The server has checked it; this gives it its type, and the parts left out their default. */
export function commandConfig(given: Record<string, unknown>): CommandConfig {
  const { command, args = [], env = {} } = given as Partial<CommandConfig>
  return { command: command ?? '', args, env }
}

type Place = { readonly command: string; readonly path: string; readonly workDir: string }

/** Why this program can not be started here, said before it is tried. */
export async function commandFault({ command, path, workDir }: Place): Promise<Reason | undefined> {
  if (!(await isFolder(workDir))) return noWorkDir(workDir)
  const isPath = command.includes('/')
  const places = isPath
    ? [resolve(workDir, command)]
    : path.split(':').map((folder) => resolve(workDir, folder, command))
  const states = await Promise.all(places.map((place) => stateOf(place, isPath)))
  if (states.includes('executable')) return undefined
  const plain = places[states.indexOf('file')]
  if (plain) return notExecutable(plain)
  return notFound(command, isPath ? undefined : path)
}

type State = 'executable' | 'file' | 'missing'

/** A folder of PATH that may not be searched holds nothing for us; a place that was named is there all the same. */
async function stateOf(path: string, isNamed: boolean): Promise<State> {
  const found = await stat(path).catch((error: unknown) => isNamed && isCode(error, 'EACCES'))
  if (found === true) return 'file'
  if (found === false || !found.isFile()) return 'missing'
  return access(path, constants.X_OK).then(
    () => 'executable',
    () => 'file',
  )
}

const isFolder = (path: string) =>
  stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  )

const isCode = (error: unknown, code: string) =>
  error instanceof Error && 'code' in error && error.code === code

const notFound = (command: string, path: string | undefined): Reason => ({
  code: 'command_not_found',
  detail: path
    ? `There is no program \`${command}\` in PATH (${path}).`
    : `There is no program at \`${command}\`.`,
  hint: 'Install the program, or correct `command` in the runtime_config of the workspace, then restart it.',
})

const notExecutable = (path: string): Reason => ({
  code: 'not_executable',
  detail: `\`${path}\` exists but may not be executed.`,
  hint: `Make it executable (chmod +x ${path}), or run it with its interpreter as \`command\`.`,
})

const noWorkDir = (path: string): Reason => ({
  code: 'workdir_missing',
  detail: `The working folder \`${path}\` does not exist.`,
  hint: 'Create the folder, or correct `workspace_dir` of the workspace, then restart it.',
})

/** What the operating system says when it does not start a program that seemed fine. */
export function spawnFault(command: string, error: unknown): Reason {
  if (isCode(error, 'ENOENT')) return notFound(command, undefined)
  if (isCode(error, 'EACCES')) return notExecutable(command)
  if (isCode(error, 'E2BIG'))
    return {
      code: 'arguments_too_long',
      detail: `The arguments and the environment of \`${command}\` are longer than the system takes.`,
      hint: 'Leave {{text}} out of `args`: the text also arrives on standard input. Shorten `env` and the secrets of the workspace.',
    }
  return {
    code: 'spawn_failed',
    detail: `\`${command}\` could not be started: ${error instanceof Error ? error.message : String(error)}.`,
    hint: 'Look at the memory and process limits of the machine.',
  }
}
