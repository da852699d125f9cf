import type { Workspace } from '@molecule/contract/workspace'
import { formatDuration } from '../lib/format.ts'
import { text } from '../strings.ts'
import { Fact } from '../ui/Facts.tsx'
import { ClampedText } from './ClampedText.tsx'

/** What the agent tells of itself, and how it is reached when we do not run it. */
export function Reported({ workspace }: { workspace: Workspace }) {
  const { delivery_mode, url, agent_card, uptime_seconds, error_rate, last_runtime_error } =
    workspace
  return (
    <>
      {delivery_mode && (
        <Fact name={text.about.delivery}>{text.about.deliveryMode[delivery_mode]}</Fact>
      )}
      {url && (
        <Fact name={text.about.address}>
          <code>{url}</code>
        </Fact>
      )}
      {typeof agent_card?.name === 'string' && (
        <Fact name={text.about.agent}>{agent_card.name}</Fact>
      )}
      {uptime_seconds !== null && (
        <Fact name={text.about.uptime}>{formatDuration(uptime_seconds * 1000)}</Fact>
      )}
      {error_rate !== null && error_rate > 0 && (
        <Fact name={text.about.errors}>{text.about.errorRate(error_rate)}</Fact>
      )}
      {last_runtime_error && (
        <Fact name={text.about.lastError}>
          <ClampedText source={last_runtime_error} />
        </Fact>
      )}
    </>
  )
}
