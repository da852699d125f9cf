import type { AdapterSettings } from '../adapter.ts'

/** The model in the words of a program that runs those of `own`; none where nobody chose one of these: the program takes its own. */
export function modelOf({ model }: AdapterSettings, own: readonly string[]): string | undefined {
  if (model?.startsWith('anthropic:')) return undefined
  const provider = own.find((name) => model?.startsWith(`${name}:`))
  return provider === undefined ? model : model?.slice(provider.length + 1)
}
