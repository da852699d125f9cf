import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { readTemplate } from './template.ts'

const places = { orgDir: '/org', repository: '/a repository/$(touch x)' }
const demo = join(import.meta.dirname, '../../../../examples/repository-review/org.yaml')

async function givenTemplate(text: string) {
  const folder = await mkdtemp(join(tmpdir(), 'template-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  const file = join(folder, 'org.yaml')
  await writeFile(file, text)
  return file
}

const small = (more = '') => `
name: Small
description: One
workspaces:
  - name: Only
    role: Echoes
    runtime_config: { command: cat, args: ["\${ORG_DIR}/x", "\${HOME}", "$REPOSITORY"] }
${more}
first_task: { workspace: Only, text: "Look at \${REPOSITORY}" }
`

test('the demo is a lead with at least three specialists, one of which is killed on purpose', async () => {
  const { workspaces, first_task } = await readTemplate(demo, places)

  const [lead, ...others] = workspaces
  expect(others).toEqual([])
  expect(first_task.workspace).toBe(lead?.name)
  expect(lead?.children?.length).toBeGreaterThanOrEqual(3)
  const killed = lead?.children?.filter(({ runtime_config }) =>
    runtime_config.args.includes('--crash-once'),
  )
  expect(killed).toHaveLength(1)
})

test('LC-32: the two places are filled in, and nothing else is expanded', async () => {
  const { workspaces, first_task } = await readTemplate(await givenTemplate(small()), places)

  expect(workspaces[0]?.runtime_config.args).toEqual(['/org/x', `\${HOME}`, '$REPOSITORY'])
  expect(first_task.text).toBe('Look at /a repository/$(touch x)')
})

test('a key that nobody knows is refused with its place', async () => {
  const file = await givenTemplate(small('    colour: red'))

  await expect(readTemplate(file, places)).rejects.toThrow(/workspaces.*colour/s)
})
