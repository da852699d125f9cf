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
