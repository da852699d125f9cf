import { createHash } from 'node:crypto'
import type { WebhookRow } from '../../db/tables.ts'
import { DomainError } from '../error.ts'
import { partsOf, type Signed } from './webhook-signature.ts'

/** What was sent, in the words of prompts. All of it comes from outside. */
export type Delivery = {
  key: string
  event: string
  action: string
  /** How a run ended, where the event is about one. */
  conclusion: string
  repository: string
  sender: string
  title: string
  url: string
  body: string
  payload: Record<string, unknown>
}

/** A signed request, with its document read only once it is known to be signed. */
export type Incoming = Signed & { document: () => unknown }

const LONGEST_KEY = 200

/** What is sent again is known by the name its sender gives it, else by what was signed. */
function keyOf({ header, body }: Signed, name: string): string {
  const given = header(name) ?? ''
  if (given !== '' && given.length <= LONGEST_KEY) return given
  const { at = '' } = partsOf(header)
  return createHash('sha256').update(`${given}.${at}.`).update(body).digest('hex')
}

/** As GitHub sends it. */
export function githubDelivery(incoming: Incoming): Delivery {
  const event = incoming.header('x-github-event') ?? ''
  if (!/^\w{1,100}$/.test(event))
    throw new DomainError('invalid', 'the X-GitHub-Event header is missing, or is no event', {
      hint: 'Let GitHub send it, or set the header as GitHub does.',
    })
  const payload = payloadOf(incoming)
  const first = (...paths: string[]) => firstText(payload, paths)
  return {
    key: keyOf(incoming, 'x-github-delivery'),
    event,
    action: actionOf(payload),
    conclusion: first(`${event}.conclusion`),
    repository: first('repository.full_name'),
    sender: first('sender.login'),
    title: first(
      'issue.title',
      'pull_request.title',
      'discussion.title',
      'workflow_run.display_title',
      'workflow_run.name',
      'check_run.name',
      'release.name',
      'head_commit.message',
    ),
    url: first(
      'comment.html_url',
      'review.html_url',
      'issue.html_url',
      'pull_request.html_url',
      'discussion.html_url',
      'workflow_run.html_url',
      'check_run.html_url',
      'release.html_url',
      'compare',
    ),
    body: first(
      'comment.body',
      'review.body',
      'issue.body',
      'pull_request.body',
      'discussion.body',
      'release.body',
    ),
    payload,
  }
}

/** As any program sends it: a document whose fields are called as the placeholders are. */
function genericDelivery(incoming: Incoming): Delivery {
  const payload = payloadOf(incoming)
  const first = (path: string) => firstText(payload, [path])
  const event = first('event') || 'message'
  if (event.length > 200 || !/^[\w-]+(\.[\w-]+)*$/.test(event))
    throw new DomainError('invalid', 'the event of the delivery is not one that has a name', {
      hint: 'Letters, digits, - and _, with dots between them: deploy.finished.',
      fields: [{ path: 'event', message: 'must be a name such as deploy.finished' }],
    })
  return {
    key: keyOf(incoming, 'x-molecule-delivery'),
    event,
    action: actionOf(payload),
    conclusion: '',
    repository: first('repository'),
    sender: first('sender'),
    title: first('title'),
    url: first('url'),
    body: first('body'),
    payload,
  }
}

export const deliveryOf = (kind: WebhookRow['kind'], incoming: Incoming): Delivery =>
  kind === 'github' ? githubDelivery(incoming) : genericDelivery(incoming)

/** `issues.opened`, or the event alone where it has no action. */
export const eventNameOf = ({ event, action }: Delivery): string =>
  action === '' ? event : `${event}.${action}`

/** An entry stands for itself and all that begins with it: `issues` for `issues.opened`. */
export function isSubscribed(
  { eventFilter, kind }: Pick<WebhookRow, 'eventFilter' | 'kind'>,
  delivery: Delivery,
): boolean {
  if (eventFilter.length === 0) return kind === 'generic'
  const name = `${eventNameOf(delivery)}.${delivery.conclusion}.`
  return eventFilter.some((entry) => name.startsWith(`${entry}.`))
}

function payloadOf({ document }: Incoming): Record<string, unknown> {
  const payload = document()
  if (typeof payload === 'object' && payload !== null && !Array.isArray(payload))
    return payload as Record<string, unknown>
  throw new DomainError('invalid', 'the delivery is not a JSON object', {
    hint: 'Send one JSON object.',
  })
}

function actionOf(payload: Record<string, unknown>): string {
  const action = firstText(payload, ['action'])
  return /^[\w-]{1,100}$/.test(action) ? action : ''
}

function firstText(payload: Record<string, unknown>, paths: readonly string[]): string {
  for (const path of paths) {
    let value: unknown = payload
    for (const key of path.split('.'))
      value =
        typeof value === 'object' && value !== null && Object.hasOwn(value, key)
          ? (value as Record<string, unknown>)[key]
          : undefined
    if (typeof value === 'string' && value !== '') return value
  }
  return ''
}
