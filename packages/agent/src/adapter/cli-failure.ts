import type { FailureClass } from '@molecule/contract/task'
import type { AdapterResult } from '../adapter.ts'

export type Cli = {
  /** As people call it. */
  title: string
  /** Names of the secrets that may hold its key. */
  keys: string
  /** Where the address of its model is said. */
  address: string
}

type Failed = { failure: FailureClass; why: string; limitUntil?: Date | undefined }

/** Why an agent CLI did not bring an answer, with what that asks for. */
export const cliFailure = (cli: Cli, { failure, why, limitUntil }: Failed): AdapterResult => ({
  outcome: 'failed',
  reason: {
    code: codes[failure],
    detail: `${cli.title} ended without an answer: ${why}`.slice(0, 2000),
    hint: hintFor(cli, failure),
  },
  failure,
  // A time that the program knows is better than any guess of ours.
  ...(failure === 'quota' && limitUntil ? { retry_at: limitUntil.toISOString() } : {}),
})

const codes: Record<FailureClass, string> = {
  auth: 'model_auth',
  quota: 'model_quota',
  transient: 'model_unreachable',
  permanent: 'agent_failed',
}

function hintFor({ keys, address }: Cli, failure: FailureClass): string {
  switch (failure) {
    case 'auth':
      return `Store a good key as a secret of the workspace or the org: ${keys}.`
    case 'quota':
      return 'The limit of the account is used up; the task goes on once it is over. Give the account more, or use another key.'
    case 'transient':
      return `The model could not be reached, or did not answer in time; look at its address (${address}) and its state.`
    case 'permanent':
      return 'What it printed says more. Ask in another way, or change what it may do (runtime_config).'
  }
}
