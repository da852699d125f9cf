import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test, vi } from 'vitest'
import { oneAtATime } from './one-at-a-time.mjs'

test.skipIf(process.platform !== 'linux')(
  'two preparations of one checkout take turns',
  async () => {
    vi.spyOn(process.stdout, 'write').mockImplementation(() => true)
    const steps: string[] = []
    const prepare = (name: string) =>
      oneAtATime(async () => {
        steps.push(`${name} begins`)
        await sleep(20)
        steps.push(`${name} ends`)
      })

    await Promise.all([prepare('first'), prepare('second')])

    expect(steps).toEqual(['first begins', 'first ends', 'second begins', 'second ends'])
  },
)

test('work that fails frees the checkout', async () => {
  await expect(oneAtATime(async () => Promise.reject(new Error('no')), 'another')).rejects.toThrow(
    'no',
  )

  await expect(oneAtATime(async () => {}, 'another')).resolves.toBeUndefined()
})
