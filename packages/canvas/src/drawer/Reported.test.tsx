import { renderToStaticMarkup } from 'react-dom/server'
import { expect, test } from 'vitest'
import { givenWorkspace } from '../testing/given.ts'
import { Reported } from './Reported.tsx'

const shown = (part: Parameters<typeof givenWorkspace>[1]) =>
  renderToStaticMarkup(<Reported workspace={givenWorkspace('scout', part)} />)

test('of an agent elsewhere it is told how it gets its work and what it reports', () => {
  const html = shown({
    delivery_mode: 'push',
    url: 'https://agent.example',
    agent_card: { name: 'Scout 2' },
    uptime_seconds: 3600,
    error_rate: 0.62,
    last_runtime_error: 'no quota',
  })

  for (const words of [
    'by being called',
    'https://agent.example',
    'Scout 2',
    '1h 00m',
    '62 % of its work fails',
    'no quota',
  ])
    expect(html).toContain(words)
})

test('what nobody has told is left out', () => {
  expect(shown({})).toBe('')
  expect(shown({ error_rate: 0, agent_card: { name: 5 } })).toBe('')
})
