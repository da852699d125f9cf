import type { FailureClass } from '@molecule/contract/task'
import type { AdapterResult } from '../../adapter.ts'
import { cliFailure } from '../cli-failure.ts'
import type { ClaudeResult } from './events.ts'

const cli = {
  title: 'Claude Code',
  keys: 'ANTHROPIC_API_KEY, ANTHROPIC_AUTH_TOKEN or CLAUDE_CODE_OAUTH_TOKEN',
  address: 'ANTHROPIC_BASE_URL',
}

/** Why it did not bring an answer, and what that asks for. */
export function failureOf({ text, status, subtype }: ClaudeResult): AdapterResult {
  const failure = classOf(status, text)
  return cliFailure(cli, { failure, why: text || subtype.replaceAll('_', ' ') })
}

function classOf(status: number | undefined, text: string): FailureClass {
  if (status === 401 || status === 403 || /not logged in|invalid api key/i.test(text)) return 'auth'
  if (status === 429 || /usage limit|rate limit/i.test(text)) return 'quota'
  if (status !== undefined && (status >= 500 || status === 408)) return 'transient'
  return /timed? ?out|connection|network|overloaded|ECONN|fetch failed/i.test(text)
    ? 'transient'
    : 'permanent'
}
