import type { Git } from '../repository/git.ts'
import { limits } from '../repository/limits.ts'
import { type Addition, patchReader } from './patch-reader.ts'

const patchArgs = [
  'log',
  '--all',
  '--full-history',
  '--patch',
  '--unified=0',
  '--inter-hunk-context=0',
  '--relative',
  '--src-prefix=a/',
  '--dst-prefix=b/',
  '--no-color',
  '--no-ext-diff',
  '--no-textconv',
  '--no-renames',
  '--no-show-signature',
  '--submodule=short',
  '--diff-filter=AM',
  '--format=commit %H',
  `--max-count=${limits.commits}`,
  '--',
  '.',
]

/** Every run of lines a commit added to a file, newest commit first. */
export async function readAdditions(
  git: Git,
  signal: AbortSignal,
  onAddition: (addition: Addition) => void,
): Promise<{ cut: boolean }> {
  const reader = patchReader(onAddition)
  let rest = ''
  const onText = (piece: string) => {
    const lines = (rest + piece).split('\n')
    rest = lines.pop() ?? ''
    for (const line of lines) reader.line(line)
  }
  const end = await git.run({ args: patchArgs, onText, maxBytes: limits.gitPatchBytes, signal })
  reader.end()
  if (end.code !== 0 && !end.cut) throw new Error(`git log failed: ${end.error.trim()}`)
  return { cut: end.cut }
}
