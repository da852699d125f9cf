import type { CreateWorkspace, DeliveryMode } from '@molecule/contract/workspace'
import type { ExpressionBuilder } from 'kysely'
import type { Tables, WorkspaceRow } from '../../db/tables.ts'
import { DomainError } from '../error.ts'
import { checkAgentUrl } from './agent-url.ts'

/** Name of the runtime and of the backend of an agent that somebody runs elsewhere: nothing of it is ours to start or stop. */
export const EXTERNAL = 'external'

export const isExternal = ({ backend }: Pick<WorkspaceRow, 'backend'>): boolean =>
  backend === EXTERNAL

/** The same as a condition of a query. */
export const isStartedByUs = (is: ExpressionBuilder<Tables, 'workspaces'>) =>
  is.or([is('workspaces.backend', 'is', null), is('workspaces.backend', '<>', EXTERNAL)])

/** Nothing of it could be stopped for want of work, or started with its next task. */
export function refuseIdleMinutes(minutes: number | null | undefined): void {
  if (minutes == null) return
  const message = 'an agent that runs elsewhere does not hibernate'
  throw new DomainError('invalid', message, {
    hint: 'Leave hibernation_idle_minutes out.',
    fields: [{ path: 'hibernation_idle_minutes', message }],
  })
}

export type Delivery = { deliveryMode: DeliveryMode; url: string | null }

/** How work would reach the agent of this request; undefined when it asks for one that we start. */
export function deliveryAsked(input: CreateWorkspace): Delivery | undefined {
  if (input.external || input.runtime === EXTERNAL) {
    refuseIdleMinutes(input.hibernation_idle_minutes)
    return deliveryOf({ mode: input.delivery_mode, url: input.url })
  }
  if (input.delivery_mode || input.url)
    throw new DomainError('invalid', 'delivery_mode and url are for an agent that runs elsewhere', {
      hint: 'Add "external": true, or leave them out: an agent that we start needs no address.',
    })
  return undefined
}

/**
 * The agent asks for its work unless it wants to be called, and then it must say where. An address that is none of the web,
 * such as `remote://no-inbound`, says that it cannot be called. What is not said stays as it was.
 */
export function deliveryOf({
  mode,
  url,
  former = { deliveryMode: 'poll', url: null },
}: {
  mode?: DeliveryMode | null | undefined
  url?: string | null | undefined
  former?: Delivery
}): Delivery {
  const canCall = !url || /^https?:/i.test(url)
  const deliveryMode = mode ?? (canCall ? former.deliveryMode : 'poll')
  if (deliveryMode === 'push') return { deliveryMode, url: checkAgentUrl(url || former.url || '') }
  if (!canCall) return { deliveryMode, url: null }
  return { deliveryMode, url: url ? checkAgentUrl(url) : former.url }
}
