import { expiryOf } from '../lib/expiry.ts'
import { formatAge, formatDateTime } from '../lib/format.ts'
import { text } from '../strings.ts'
import { useServerNow } from '../use-services.ts'
import { Icon } from './Icon.tsx'

/** When something ends; marked when that is soon. */
export function Expires({ at }: { at: string | null | undefined }) {
  const now = useServerNow()
  const expiry = expiryOf(at, now)
  if (!at) return <span>{text.expiry.never}</span>
  const ms = Date.parse(at)
  const words = expiry === 'past' ? text.expiry.past : text.expiry.in(formatAge(ms - now))
  return (
    <time
      className={expiry === 'later' ? 'num' : 'num mark'}
      data-tone={expiry === 'past' ? 'bad' : 'wait'}
      dateTime={at}
      title={formatDateTime(ms)}
    >
      {expiry !== 'later' && <Icon name="clock" />}
      {words}
    </time>
  )
}
