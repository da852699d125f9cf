import type { Runtime } from '@molecule/contract/runtime'

/** A model of somebody whose models it does not run: nobody chose it, and the runtime takes its own. */
export function isNotItsOwn({ providers }: Runtime, model: string): boolean {
  const [provider = ''] = model.split(':')
  return providers !== undefined && model.includes(':') && !providers.includes(provider)
}
