import { configLimits } from '@molecule/contract/config'
import { DomainError } from '../error.ts'

/** Text by its path, sorted. */
export type ConfigFileMap = ReadonlyMap<string, string>

export const CONFIG_FILE = 'config.yaml'
export const SYSTEM_PROMPT_FILE = 'system-prompt.md'

/** Throws for a path that leads elsewhere than below its folder, and for more than a version may hold. */
export function checkFiles(files: ConfigFileMap): void {
  if (files.size > configLimits.files)
    throw tooLarge(`it holds ${files.size} files, more than ${configLimits.files}`)
  let bytes = 0
  for (const [path, content] of files) {
    checkPath(path)
    const size = Buffer.byteLength(content)
    if (size > configLimits.fileBytes)
      throw tooLarge(`${path} is larger than ${configLimits.fileBytes} bytes`)
    bytes += size
  }
  if (bytes > configLimits.bytes) throw tooLarge(`it is larger than ${configLimits.bytes} bytes`)
  for (const path of files.keys()) refuseFileAsFolder(files, path)
}

const tooLarge = (why: string) =>
  new DomainError('too_large', `the configuration is too large: ${why}`, {
    hint: 'Keep large files in the folder of the work, and name them here.',
  })

/** Relative, with no step upwards, in the form that every system writes alike. */
function checkPath(path: string): void {
  const parts = path.split('/')
  const why =
    path.startsWith('/') || /^[A-Za-z]:/.test(path)
      ? 'is not relative'
      : path.includes('\\')
        ? 'holds a backslash'
        : parts.some((part) => part === '..' || part === '.' || part === '')
          ? 'has a part that is empty, "." or ".."'
          : undefined
  if (why === undefined) return
  throw new DomainError('invalid', `the path ${JSON.stringify(path)} ${why}`, {
    hint: 'Name files by their path below the folder of the configuration, as in skills/review/SKILL.md.',
    fields: [{ path: `files.${path}`, message: why }],
  })
}

function refuseFileAsFolder(files: ConfigFileMap, path: string): void {
  const parts = path.split('/')
  const folder = parts.slice(1).map((_, n) => parts.slice(0, n + 1).join('/'))
  const taken = folder.find((above) => files.has(above))
  if (taken === undefined) return
  throw new DomainError('invalid', `${taken} is a file, and ${path} needs it to be a folder`, {
    hint: 'Rename one of them.',
    fields: [{ path: `files.${path}`, message: `${taken} is a file` }],
  })
}

/** Whatever the order they came in. */
export const sorted = (files: Iterable<readonly [string, string]>): ConfigFileMap =>
  new Map([...files].sort(([a], [b]) => (a < b ? -1 : 1)))

/** One over the other: a file of the upper one hides that of the lower one. */
export const overlay = (...layers: readonly ConfigFileMap[]): ConfigFileMap =>
  sorted(new Map(layers.flatMap((layer) => [...layer])))
