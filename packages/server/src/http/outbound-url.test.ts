import { expect, test } from 'vitest'
import { outboundGuard } from '../lib/outbound/outbound-guard.ts'
import { checkOutboundUrl } from './outbound-url.ts'

test('LC-28: an address that would not be called is refused with what to do, before it is stored', async () => {
  const outbound = outboundGuard({ allow: [] })

  await expect(
    checkOutboundUrl({ outbound }, 'http://169.254.169.254/latest'),
  ).rejects.toMatchObject({
    code: 'url_refused',
    message: '169.254.169.254 is not a public address, so it is not called',
    hint: expect.stringContaining('OUTBOUND_ALLOW'),
    extra: { reason: 'address' },
  })
  await checkOutboundUrl({ outbound }, 'https://93.184.216.34/a2a')
})
