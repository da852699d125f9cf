import { expect, test } from 'vitest'
import type { DomainError } from '../error.ts'
import { loadTemplate } from './load-template.ts'

const load = (files: Record<string, string>, lenient = false) =>
  loadTemplate(new Map(Object.entries(files)), { lenient })

const problems = (files: Record<string, string>, lenient = false): string[] => {
  try {
    load(files, lenient)
    return []
  } catch (error) {
    return ((error as DomainError).fields ?? []).map(({ path, message }) => `${path} ${message}`)
  }
}

const flat = (nodes: ReturnType<typeof load>['roots']): string[] =>
  nodes.flatMap((node) => [node.path.join('/'), ...flat(node.children)])

test('a template is read with its includes, its defaults and its role folders', () => {
  const template = load({
    'org.yaml': `
name: Acme
defaults:
  tier: 2
  plugins: [search, shell]
  runtime_config: {command: cat}
workspaces:
  - name: Lead
    role: Leads
    children: !include teams/dev.yaml
  - !include ops.yaml
`,
    'teams/dev.yaml': '- !include roles/one.yaml\n- name: Two\n  plugins: ["!shell", git]\n',
    'teams/roles/one.yaml': 'name: One\nfiles_dir: teams/one\ninitial_prompt_file: hello.md\n',
    'teams/one/hello.md': 'Hello',
    'ops.yaml': 'name: Ops\nexternal: true\n',
  })

  expect(flat(template.roots)).toEqual(['Lead', 'Lead/One', 'Lead/Two', 'Ops'])
  const [lead, ops] = template.roots
  expect(lead?.input).toMatchObject({ name: 'Lead', role: 'Leads', tier: 2 })
  expect(lead?.children[1]?.kept).toEqual({ plugins: ['search', 'git'] })
  expect(lead?.children[0]?.kept).toMatchObject({ initial_prompt: 'Hello' })
  expect(ops?.input).not.toHaveProperty('runtime_config')
})

test('LC-23: an unknown key is refused with its place and what may have been meant; lenient, it is a warning', () => {
  const files = {
    'org.yaml': 'name: Acme\nworkspaces:\n  - name: Lead\n    rolle: Leads\n    parent: X\n',
  }

  expect(problems(files)).toEqual([
    'org.yaml:4:5 there is no key "rolle"; did you mean "role"?',
    'org.yaml:5:5 there is no key "parent"',
  ])
  const { warnings, roots } = load(files, true)
  expect(warnings).toHaveLength(2)
  expect(roots[0]?.input).toEqual({ name: 'Lead' })
})

test.each([
  ['name: [', 'org.yaml:1:8'],
  ['name: a\nname: b\nworkspaces: []', 'org.yaml:2:1'],
  ['name: Acme\nworkspaces: []', 'org.yaml:2:1'],
  ['name: Acme\nworkspaces:\n  - name: A\n  - name: A\n', 'org.yaml:4:5 there are two'],
  ['name: Acme\nworkspaces: !include ../x.yaml\n', 'org.yaml:2:22 !include ../x.yaml leads out'],
  [
    'name: Acme\nworkspaces: !include no.yaml\n',
    'org.yaml:2:22 !include no.yaml: there is no file',
  ],
  [
    'name: Acme\nworkspaces: !include org.yaml\n',
    'org.yaml:2:22 !include org.yaml includes itself',
  ],
  [
    'name: Acme\nworkspaces:\n  - name: A\n    files_dir: gone\n',
    'org.yaml:4:5 there is no folder',
  ],
  [
    'name: A\nworkspaces:\n  - name: A\n    schedules: [{cron_expr: "* * * * *"}]\n',
    'org.yaml:4:17',
  ],
  [
    'name: A\nworkspaces:\n  - name: A\n    schedules: [{cron_expr: "99 * * * *", prompt: x}]\n',
    'org.yaml:4:17 "99 * * * *" in UTC is no schedule',
  ],
  ['name: A\nworkspaces:\n  - name: A\n    workspace_dir: /$WHERE\n', 'org.yaml:4:5 $WHERE has no'],
])('%j is refused at its place', (text, place) => {
  expect(problems({ 'org.yaml': text })[0]).toContain(place)
})

test('includes may not nest without end', () => {
  const files: Record<string, string> = { 'org.yaml': 'name: A\nworkspaces: !include 0.yaml\n' }
  for (let n = 0; n < 20; n += 1)
    files[`${n}.yaml`] = `- name: w${n}\n  children: !include ${n + 1}.yaml\n`
  files['20.yaml'] = '- name: last'

  expect(problems(files)[0]).toContain('goes deeper than 16 files')
})

test('LC-32: a variable stands for a value of the template, that of the role first, never for one of the server', () => {
  process.env.MOLECULE_SECRET_PLACE = '/etc'
  const yaml = (dir: string) =>
    `name: A\nworkspaces:\n  - name: A\n    files_dir: a\n    workspace_dir: ${dir}\n`
  const files = { '.env': 'ROOT=/srv\nWHERE=/root', 'a/.env': 'WHERE="/role"\n' }

  const { roots } = load({ ...files, 'org.yaml': yaml('$ROOT$WHERE/x') })

  expect(roots[0]?.input.workspace_dir).toBe('/srv/role/x')
  expect(problems({ ...files, 'org.yaml': yaml('$MOLECULE_SECRET_PLACE') })).toHaveLength(1)
})

test('what is required is gathered once: names before groups, and a name makes its groups needless', () => {
  const { requiredEnv, recommendedEnv } = load({
    'org.yaml': `
name: A
required_env: [B_KEY, {any_of: [X_KEY, Y_KEY]}, "not a name"]
workspaces:
  - name: A
    required_env: [A_KEY, {any_of: [A_KEY, Z_KEY]}, {any_of: [Y_KEY, X_KEY]}]
    recommended_env: [C_KEY]
`,
  })

  expect(requiredEnv).toEqual(['A_KEY', 'B_KEY', { any_of: ['X_KEY', 'Y_KEY'] }])
  expect(recommendedEnv).toEqual(['C_KEY'])
})

test('a tree is laid out in two columns, below the place of its root', () => {
  const { roots } = load({
    'org.yaml':
      'name: A\nworkspaces:\n  - name: R\n    canvas: {x: 100, y: 200}\n    children:\n      - name: a\n      - name: b\n      - name: c\n',
  })

  expect(roots[0]?.children.map(({ input }) => input.canvas)).toEqual([
    { x: 116, y: 330 },
    { x: 370, y: 330 },
    { x: 116, y: 474 },
  ])
})
