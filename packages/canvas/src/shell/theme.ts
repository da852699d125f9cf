import { readStored, writeStored } from '../lib/browser-storage.ts'

export const themes = ['light', 'dark', 'system'] as const
export type Theme = (typeof themes)[number]

const key = 'molecule.theme'

export function storedTheme(): Theme {
  const stored = readStored(key)
  return themes.find((theme) => theme === stored) ?? 'system'
}

export function applyTheme(theme: Theme) {
  document.documentElement.dataset.theme = theme
}

export function chooseTheme(theme: Theme) {
  writeStored(key, theme === 'system' ? null : theme)
  applyTheme(theme)
}
