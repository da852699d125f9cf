import type { FailureClass } from '@molecule/contract/task'
import type { AdapterResult } from '../../adapter.ts'
import type { ClaudeResult } from './events.ts'

type Failed = Extract<AdapterResult, { outcome: 'failed' }>

/** Why it did not bring an answer, and what that asks for. */
export function failureOf({ text, status, subtype }: ClaudeResult): Failed {
  const failure = classOf(status, text)
  const why = text || subtype.replaceAll('_', ' ')
  return {
    outcome: 'failed',
    reason: {
      code: codes[failure],
      detail: `Claude Code ended without an answer: ${why}`.slice(0, 2000),
      hint: hints[failure],
    },
    failure,
  }
}

function classOf(status: number | undefined, text: string): FailureClass {
  if (status === 401 || status === 403 || /not logged in|invalid api key/i.test(text)) return 'auth'
  if (status === 429 || /usage limit|rate limit/i.test(text)) return 'quota'
  if (status !== undefined && (status >= 500 || status === 408)) return 'transient'
  return /timed? ?out|connection|network|overloaded|ECONN|fetch failed/i.test(text)
    ? 'transient'
    : 'permanent'
}

const codes: Record<FailureClass, string> = {
  auth: 'model_auth',
  quota: 'model_quota',
  transient: 'model_unreachable',
  permanent: 'agent_failed',
}

const hints: Record<FailureClass, string> = {
  auth: 'Store a good key as a secret of the workspace or the org: ANTHROPIC_API_KEY, ANTHROPIC_AUTH_TOKEN or CLAUDE_CODE_OAUTH_TOKEN.',
  quota:
    'The limit of the account is used up; the task goes on once it is over. Give the account more, or use another key.',
  transient:
    'The model could not be reached, or did not answer in time; look at its address (ANTHROPIC_BASE_URL) and its state.',
  permanent:
    'What it printed says more. Ask in another way, or change what it may do (runtime_config).',
}
