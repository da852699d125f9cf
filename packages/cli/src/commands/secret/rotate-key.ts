import type { Command } from 'commander'
import type { Cli } from '../../cli.ts'
import { exitCode } from '../../exit-code.ts'

/** Thousands of secrets take a while. What is not done then, the server does. */
const timeoutMs = 600_000

export const secretRotateKey = (command: Command, cli: Cli) =>
  command.action(async () => {
    const { out, signal } = cli
    const rotated = await cli.client().secrets.rotateKey({ signal, timeoutMs })
    const { version, reencrypted, failed_keys } = rotated
    out.show(rotated, () => {
      const what = reencrypted === 1 ? '1 secret is' : `${reencrypted} secrets are`
      out.lines([`${what} encrypted under the new data key, version ${version}.`])
      if (failed_keys.length > 0)
        out.note(`These cannot be decrypted, so save them again: ${failed_keys.join(', ')}`)
    })
    if (failed_keys.length > 0) cli.endWith(exitCode.failed)
  })
