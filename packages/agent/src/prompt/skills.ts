import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { textIn } from './prompt-files.ts'

type Skill = { readonly name: string; readonly description: string; readonly body: string }

/** What the folders below `skills/` teach: of each `SKILL.md` its name, its description and its text. One for other runtimes is left out. */
export async function skillsText(configDir: string, runtime: string): Promise<string> {
  const folder = join(configDir, 'skills')
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => [])
  const names = entries
    .filter((entry) => entry.isDirectory() && !entry.name.startsWith('_'))
    .map(({ name }) => name)
    .sort()
  const found = await Promise.all(names.map((name) => skillIn(configDir, name, runtime)))
  const skills = found.filter((skill) => skill !== undefined)
  if (skills.length === 0) return ''
  return ['# Skills', ...skills.map(asText)].join('\n\n')
}

const asText = ({ name, description, body }: Skill) =>
  `## ${name}${description === '' ? '' : `\n${description}`}\n\n${body}`

async function skillIn(folder: string, id: string, runtime: string): Promise<Skill | undefined> {
  const text = await textIn(folder, join('skills', id, 'SKILL.md'))
  if (text === '') return undefined
  const { head, body } = frontMatter(text)
  const said = await readHead(head)
  if (!isFor(said.runtime ?? said.runtimes, runtime)) return undefined
  return { name: wordsOf(said.name) || id, description: wordsOf(said.description), body }
}

function frontMatter(text: string): { head: string; body: string } {
  const [, head, body] = /^---\r?\n([\s\S]*?)\r?\n---\r?\n?([\s\S]*)$/.exec(text) ?? []
  return head === undefined ? { head: '', body: text } : { head, body: (body ?? '').trim() }
}

/** One that cannot be read says nothing: its text is worth something all the same. */
async function readHead(head: string): Promise<Record<string, unknown>> {
  if (head === '') return {}
  const { parse } = await import('yaml')
  try {
    const said: unknown = parse(head, { maxAliasCount: 100 })
    return typeof said === 'object' && said !== null ? (said as Record<string, unknown>) : {}
  } catch {
    return {}
  }
}

const wordsOf = (value: unknown) => (typeof value === 'string' ? value.trim() : '')

function isFor(named: unknown, runtime: string): boolean {
  const names = (Array.isArray(named) ? named : [named]).filter((name) => typeof name === 'string')
  const plain = (name: string) => name.replaceAll('_', '-')
  return names.length === 0 || names.some((name) => name === '*' || plain(name) === plain(runtime))
}
