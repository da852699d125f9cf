import type { Config, ConfigVersion } from '@molecule/contract/config'
import { useState } from 'react'
import { Age } from '../ui/Age.tsx'
import { LoadedList } from '../ui/LoadedList.tsx'
import { useLoad } from '../use-load.ts'
import { configText as words } from './config-text.ts'
import { RestoreButton } from './RestoreButton.tsx'
import { VersionChanges } from './VersionChanges.tsx'

type Props = { config: Config; onRestored: () => void }

/** Every version that is kept, newest first. */
export function ConfigHistory({ config, onRestored }: Props) {
  const { workspace_id: id, version } = config
  const versions = useLoad(`config versions ${id}`, String(version), ({ client }, signal) =>
    client.config.versions(id, { signal }),
  )
  return (
    <section className="section">
      <h3>{words.history}</h3>
      <LoadedList of={versions} failed={words.historyFailed} loading={words.historyLoading}>
        {(all) =>
          all.length === 0 ? (
            <p className="faint">{words.noHistory}</p>
          ) : (
            <ul className="records">
              {all.map((each) => (
                <VersionItem
                  key={each.version}
                  version={each}
                  config={config}
                  onRestored={onRestored}
                />
              ))}
            </ul>
          )
        }
      </LoadedList>
    </section>
  )
}

function VersionItem({ version: told, config, onRestored }: Props & { version: ConfigVersion }) {
  const { version, author, note, restored_from, changed, created_at } = told
  const [isOpen, setIsOpen] = useState(false)
  const isPresent = version === config.version
  return (
    <li className="record">
      <div className="record-body">
        <p className="record-title">
          <span className="num">{version}</span> {words.changed(changed)}
        </p>
        {(note || restored_from !== null) && (
          <p className="record-line">
            {restored_from === null ? note : words.restoredFrom(restored_from)}
          </p>
        )}
        <p className="record-meta">
          <span>{author}</span> <Age of={created_at} />
        </p>
      </div>
      <div className="record-actions">
        <button
          type="button"
          className="button button-small"
          aria-expanded={isOpen}
          aria-label={isOpen ? words.hideOf(version) : words.lookAt(version)}
          onClick={() => setIsOpen(!isOpen)}
        >
          {isOpen ? words.hide : words.look}
        </button>
        {!isPresent && <RestoreButton version={version} config={config} onRestored={onRestored} />}
      </div>
      {isOpen && <VersionChanges id={config.workspace_id} version={version} />}
    </li>
  )
}
