import { mkdirSync, readdirSync, readFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { failedOnce, type Outcome, type Part, passedOnce, sum } from './part.ts'
import { capture, type ProgramEnd } from './program.ts'

const bin = (name: string) => `node_modules/.bin/${name}`

export const types: Part = {
  name: 'types',
  run: async () => sum(await Promise.all([typecheck('.'), typecheck('packages/canvas')])),
}

async function typecheck(project: string) {
  const state = `.cache/types-${project.replace(/\W/g, '-')}.json`
  const args = ['-p', project, '--incremental', '--tsBuildInfoFile', state]
  return judge(await capture(bin('tsc'), args))
}

export const lint: Part = {
  name: 'lint',
  run: async () => {
    const end = await capture(bin('biome'), ['ci', '--colors=off', '--error-on-warnings', '.'])
    return judge(end, /Checked [1-9]\d* files/.test(end.output))
  },
}

const graph = '.cache/test/modules.json'

/** The layer checker passes when it cannot read TypeScript, so it must show that it saw every file. */
export const layers: Part = {
  name: 'layers',
  run: async () => {
    const folders = ['packages', 'tests', 'examples', 'scripts', 'bench'].filter(exists)
    mkdirSync(dirname(graph), { recursive: true })
    const output = [
      '--config',
      '.dependency-cruiser.cjs',
      '--output-type',
      'json',
      '--output-to',
      graph,
    ]
    await capture(bin('depcruise'), [...folders, ...output])
    const judged = await capture(bin('depcruise-fmt'), [
      '--exit-code',
      '--output-type',
      'err',
      graph,
    ])
    const unseen = unseenFiles(folders.flatMap(sourceFiles))
    for (const file of unseen) console.error(`the layer checker did not see ${file}`)
    return judge(judged, unseen.length === 0)
  },
}

function unseenFiles(files: string[]) {
  const { modules }: { modules: { source: string }[] } = JSON.parse(readFileSync(graph, 'utf8'))
  const seen = new Set(modules.map(({ source }) => source))
  return files.length === 0 ? ['any file'] : files.filter((file) => !seen.has(file))
}

export const deadCode: Part = {
  name: 'dead code',
  run: async () =>
    judge(await capture(bin('knip'), ['--no-progress', '--treat-config-hints-as-errors'])),
}

function judge({ ok, output }: ProgramEnd, sawSomething = true): Outcome {
  if (ok && sawSomething) return passedOnce
  console.error(output.trimEnd())
  if (!ok) return failedOnce(output.trim().split('\n')[0] ?? '')
  console.error('the check passed, but it did not look at every file')
  return failedOnce('it did not look at every file')
}

function exists(folder: string) {
  return readdirSync('.').includes(folder)
}

function sourceFiles(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    if (entry.name === 'node_modules' || entry.name === 'dist') return []
    const path = `${folder}/${entry.name}`
    if (entry.isDirectory()) return sourceFiles(path)
    return /\.tsx?$/.test(entry.name) ? [path] : []
  })
}
