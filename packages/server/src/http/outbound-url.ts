import type { DeliveryMode } from '@molecule/contract/workspace'
import { DomainError } from '../domain/error.ts'
import { OutboundRefused } from '../lib/outbound/refused.ts'
import type { Services } from './context.ts'

/** Throws `url_refused` unless the server would call this address; to be asked before one is stored. Dials nothing. */
export async function checkOutboundUrl(
  { outbound }: Pick<Services, 'outbound'>,
  url: string,
): Promise<void> {
  try {
    await outbound.check(url)
  } catch (error) {
    if (!(error instanceof OutboundRefused)) throw error
    const { message, hint, reason } = error
    throw new DomainError('url_refused', message, { hint, extra: { reason } })
  }
}

type Addressed = {
  url?: string | null | undefined
  delivery_mode?: DeliveryMode | null | undefined
}

/**
 * What an agent elsewhere says of itself, without an address that the server would not call: many send one of their own
 * machine, and ask for their work. Only an agent that wants to be called is refused for it.
 */
export async function withCallableUrl<A extends Addressed>(
  services: Pick<Services, 'outbound'>,
  told: A,
): Promise<A> {
  if (!told.url || !/^https?:/i.test(told.url)) return told
  try {
    await checkOutboundUrl(services, told.url)
    return told
  } catch (error) {
    const isNoMatter = error instanceof DomainError && told.delivery_mode !== 'push'
    if (isNoMatter) return { ...told, url: undefined }
    throw error
  }
}
