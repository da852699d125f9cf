import { MoleculeError } from '@molecule/sdk'
import type { Services } from '../services.ts'
import { DiffView } from '../ui/DiffView.tsx'
import { pathsThatDiffer } from '../ui/diff-lines.ts'
import { LoadedList } from '../ui/LoadedList.tsx'
import { useLoad } from '../use-load.ts'
import { configText as words } from './config-text.ts'

type Props = { id: string; version: number }

/** What a version changed of the one before it. */
export function VersionChanges({ id, version }: Props) {
  const pair = useLoad(`config ${id} ${version}`, '', async (services, signal) => {
    const [before, { files }] = await Promise.all([
      versionBefore(services, { id, version }, signal),
      services.client.config.version(id, version, { signal }),
    ])
    return { before, files }
  })
  return (
    <div className="config-version">
      <LoadedList of={pair} failed={words.failed} loading={words.loading}>
        {({ before, files }) => (
          <>
            {!before && version > 1 && <p className="faint">{words.noneBefore}</p>}
            <DiffView
              before={before ?? {}}
              after={files}
              paths={pathsThatDiffer(before ?? {}, files)}
            />
          </>
        )}
      </LoadedList>
    </div>
  )
}

/** Undefined for the first, and where it is not kept any more. */
async function versionBefore({ client }: Services, { id, version }: Props, signal: AbortSignal) {
  if (version === 1) return undefined
  try {
    return (await client.config.version(id, version - 1, { signal })).files
  } catch (error) {
    if (error instanceof MoleculeError && error.code === 'not_found') return undefined
    throw error
  }
}
