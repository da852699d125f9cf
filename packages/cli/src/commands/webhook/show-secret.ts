import type { WebhookWithSecret } from '@molecule/contract/webhook'
import type { Cli } from '../../cli.ts'

/** The secret alone on standard output, so that it can be piped to where it belongs. */
export const showSecret = ({ out }: Cli, made: WebhookWithSecret) =>
  out.show(made, () => {
    out.lines([made.secret])
    out.note(`${made.name} takes deliveries at ${made.url}`)
    out.note('They are signed with this secret, which is shown only now.')
  })
