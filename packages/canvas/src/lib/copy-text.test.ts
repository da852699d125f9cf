import { expect, test } from 'vitest'
import { copyText } from './copy-text.ts'

function givenBrowser(clipboard: 'works' | 'refuses' | 'missing', oldWayWorks: boolean) {
  const copied: string[] = []
  let selected = 0
  const writeText = async (value: string) => {
    if (clipboard === 'refuses') throw new DOMException('denied', 'NotAllowedError')
    copied.push(value)
  }
  const means = {
    clipboard: clipboard === 'missing' ? undefined : { writeText },
    select: () => {
      selected += 1
    },
    copySelection: () => oldWayWorks,
  }
  return { means, copied, selected: () => selected }
}

test('a clipboard that works is all it takes', async () => {
  const browser = givenBrowser('works', false)

  expect(await copyText('x', browser.means)).toBe('copied')
  expect(browser.copied).toEqual(['x'])
  expect(browser.selected()).toBe(0)
})

test.each(['refuses', 'missing'] as const)(
  'a clipboard that is %s falls back to the selection',
  async (clipboard) => {
    const able = givenBrowser(clipboard, true)
    const unable = givenBrowser(clipboard, false)

    expect(await copyText('x', able.means)).toBe('copied')
    expect(await copyText('x', unable.means)).toBe('selected')
    expect([able.selected(), unable.selected()]).toEqual([1, 1])
  },
)
