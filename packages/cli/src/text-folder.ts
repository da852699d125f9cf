import { lstat, mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { dirname, join, relative, sep } from 'node:path'
import type { TemplateFiles } from '@molecule/contract/org'
import { CliError, usageError } from './cli-error.ts'
import { exitCode } from './exit-code.ts'

const passedOver = new Set(['.git', 'node_modules'])
const mostFiles = 2000
const mostBytes = 2_000_000

/** The text files below the folder of that file. Links are refused: what it holds is what lies in it. */
export async function readTextFolder(folder: string, main: string): Promise<TemplateFiles> {
  await checkFolder(folder, main)
  const files: TemplateFiles = {}
  for (const path of await pathsBelow(folder)) {
    const text = await textOf(path)
    if (text !== undefined) files[relative(folder, path).split(sep).join('/')] = text
  }
  if (Object.keys(files).length > mostFiles) throw tooMany(folder)
  return files
}

async function pathsBelow(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true })
  const found = await Promise.all(
    entries
      .filter(({ name }) => !passedOver.has(name))
      .map(async (entry) => {
        const path = join(folder, entry.name)
        if (entry.isDirectory()) return pathsBelow(path)
        if (entry.isFile()) return [path]
        throw notAFile(path)
      }),
  )
  return found.flat()
}

async function checkFolder(folder: string, main: string) {
  const found = await lstat(folder).catch(() => undefined)
  if (!found?.isDirectory())
    throw new CliError(`${folder} is not a folder.`, {
      exitCode: exitCode.notFound,
      hint: `Name the folder that holds ${main}.`,
    })
}

/** Nothing for what is not text. */
async function textOf(path: string): Promise<string | undefined> {
  const { size } = await lstat(path)
  const content = size > mostBytes ? undefined : await readFile(path)
  return content === undefined || content.includes(0) ? undefined : content.toString()
}

const tooMany = (folder: string) =>
  usageError(`${folder} holds more than ${mostFiles} files.`, 'Name the folder of one template.')

const notAFile = (path: string) =>
  usageError(
    `${path} is neither a file nor a folder.`,
    'Links are not followed; copy what they lead to.',
  )

/** Files of these names are written over. */
export async function writeTextFolder(folder: string, files: Record<string, string>) {
  for (const [path, content] of Object.entries(files)) {
    await mkdir(dirname(join(folder, path)), { recursive: true })
    await writeFile(join(folder, path), content)
  }
}
