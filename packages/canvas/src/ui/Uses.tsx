import type { ResourceUsage } from '@molecule/contract/admin'
import { formatDuration } from '../lib/format.ts'
import { text } from '../strings.ts'

const megabyte = 1_000_000
const words = text.usage

/** What a workload uses, with all that it started; nothing while that is not known. */
export function Uses({ usage }: { usage: ResourceUsage | null }) {
  if (usage === null) return null
  return (
    <span className="num">
      {[
        words.memory(Math.round(usage.memory_bytes / megabyte)),
        words.processes(usage.processes),
        words.cpu(formatDuration(usage.cpu_s * 1000)),
      ].join(', ')}
    </span>
  )
}
