import { chmod, mkdir, readdir, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Peer } from '@molecule/contract/registry'
import { expect, test } from 'vitest'
import { givenAdapter } from '../testing/given-adapter.ts'
import { systemPrompt } from './system-prompt.ts'

type Of = {
  promptFiles?: () => string[]
  peers?: () => Promise<readonly Peer[]>
  secrets?: Record<string, string>
}

async function given(files: Record<string, string>, of: Of = {}) {
  const make = () => ({ fault: async () => undefined, run: async () => expect.fail('not run') })
  const { settings } = await givenAdapter({ make, runtimeConfig: {}, ...of })
  for (const [path, text] of Object.entries(files)) {
    await mkdir(join(settings.configDir, path, '..'), { recursive: true })
    await writeFile(join(settings.configDir, path), text)
  }
  return settings
}

const peer = (name: string, more: Partial<Peer> = {}) =>
  ({
    ...{ id: crypto.randomUUID(), name, role: null, tier: 1, status: 'online', url: null },
    ...{ parent_id: null, active_tasks: 0, agent_card: null },
    ...more,
  }) as Peer

test('RD-47: it says who the agent is, then its files, what it noted, its skills, and how it works with others', async () => {
  const settings = await given(
    {
      'rules.md': 'Rule one.',
      'system-prompt.md': 'Not named, so not read.',
      'MEMORY.md': 'The door is blue.',
      'skills/review/SKILL.md':
        '---\nname: Reviewing\ndescription: When code is to be judged.\n---\nRead it twice.',
      'skills/_draft/SKILL.md': 'Not yet.',
      'skills/other/SKILL.md': '---\nruntime: [langgraph]\n---\nFor others.',
      'skills/plain/SKILL.md': '---\n: broken [\n---\nStill of use.',
    },
    { promptFiles: () => ['rules.md', 'nowhere.md'] },
  )

  const prompt = await systemPrompt(settings)

  const order = [
    'You are Lead: leads',
    'Rule one.',
    'The door is blue.',
    '## Reviewing',
    'delegate_task',
  ]
  const places = order.map((words) => prompt.indexOf(words))
  expect(places).toEqual([...places].sort((a, b) => a - b))
  expect(places).not.toContain(-1)
  expect(prompt).toContain('When code is to be judged.\n\nRead it twice.')
  expect(prompt).toContain('## plain\n\nStill of use.')
  expect(prompt).not.toMatch(/Not named|Not yet|For others/)
})

test('nothing is read from beyond the folder of the configuration', async () => {
  const above = '../../../../../../etc/hostname'
  const settings = await given({}, { promptFiles: () => [above, 'link.md'] })
  await symlink('/etc/hostname', join(settings.configDir, 'link.md'))

  const prompt = await systemPrompt(settings)

  expect(prompt.split('\n\n')).toHaveLength(2)
})

test('RD-60: of a skill the text is read, and nothing that lies beside it is run', async () => {
  const settings = await given({
    'skills/risky/SKILL.md': 'Be careful.',
    'skills/risky/scripts/setup.sh': '#!/bin/sh\ntouch "$(dirname "$0")/ran"\n',
    'plugins/risky/setup.sh': '#!/bin/sh\ntouch "$(dirname "$0")/ran"\n',
  })
  await chmod(join(settings.configDir, 'skills/risky/scripts/setup.sh'), 0o755)

  const prompt = await systemPrompt(settings)

  expect(prompt).toContain('Be careful.')
  const left = await readdir(settings.configDir, { recursive: true })
  expect(left.filter((path) => path.endsWith('ran'))).toEqual([])
})

test('of secrets it knows the names and no value', async () => {
  const settings = await given({}, { secrets: { TOKEN_OF_US: 'abc', ANOTHER: 'def' } })

  const prompt = await systemPrompt(settings)

  expect(prompt).toContain('ANOTHER, TOKEN_OF_US')
  expect(prompt).not.toMatch(/abc|def\b/)
})

test('RD-46, RD-49: whoever has a team is told to lead it, as it is now', async () => {
  let team: Peer[] = []
  const settings = await given({}, { peers: async () => team })
  const before = await systemPrompt(settings)
  team = [
    peer('Dev', {
      parent_id: settings.workspaceId as Peer['parent_id'],
      role: 'writes code',
      agent_card: { skills: [{ name: 'typescript' }] },
    }),
    peer('Boss', { status: 'offline' }),
  ]

  const after = await systemPrompt(settings)

  expect(before).not.toContain('Your team')
  expect(after).toContain('- Dev: writes code (online; can typescript)')
  expect(after).toContain('You lead this team.')
  expect(after).toMatch(/# Others whom you may ask\n- Boss \(offline\)/)
})

test('a server that does not answer leaves the team out, and nothing else', async () => {
  const settings = await given(
    { 'system-prompt.md': 'Mind the step.' },
    { peers: () => Promise.reject(new Error('away')) },
  )

  expect(await systemPrompt(settings)).toContain('Mind the step.')
})
