import type { AdapterResult } from '../../adapter.ts'
import { cliFailure } from '../cli-failure.ts'
import { classOf } from '../failure-class.ts'
import type { ClaudeResult } from './events.ts'

const cli = {
  title: 'Claude Code',
  keys: 'ANTHROPIC_API_KEY, ANTHROPIC_AUTH_TOKEN or CLAUDE_CODE_OAUTH_TOKEN',
  address: 'ANTHROPIC_BASE_URL',
}

/** Why it did not bring an answer, and what that asks for. */
export function failureOf(
  { text, status, subtype }: ClaudeResult,
  limitUntil: Date | undefined,
): AdapterResult {
  const failure = classOf({ status, text })
  const why = text || subtype.replaceAll('_', ' ')
  return cliFailure(cli, { failure, why, limitUntil })
}
