import type { Config, ConfigVersion } from '@molecule/contract/config'
import { useState } from 'react'
import { ActionButton } from '../ui/ActionButton.tsx'
import { Age } from '../ui/Age.tsx'
import { ConfirmDialog } from '../ui/ConfirmDialog.tsx'
import { LoadedList } from '../ui/LoadedList.tsx'
import { ErrorNote } from '../ui/ProblemNote.tsx'
import { useAction } from '../use-action.ts'
import { useLoad } from '../use-load.ts'
import { configText as words } from './config-text.ts'

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
      {isOpen && <VersionFiles id={config.workspace_id} version={version} />}
    </li>
  )
}

function VersionFiles({ id, version }: { id: string; version: number }) {
  const snapshot = useLoad(`config ${id} ${version}`, '', ({ client }, signal) =>
    client.config.version(id, version, { signal }),
  )
  return (
    <div className="config-version">
      <LoadedList of={snapshot} failed={words.failed} loading={words.loading}>
        {({ files }) =>
          Object.entries(files).map(([path, content]) => (
            <details key={path}>
              <summary className="mono">{path}</summary>
              <pre className="mono">{content}</pre>
            </details>
          ))
        }
      </LoadedList>
    </div>
  )
}

function RestoreButton({ version, config, onRestored }: Props & { version: number }) {
  const [isAsking, setIsAsking] = useState(false)
  const restore = useAction(async ({ client }) => {
    const { workspace_id: workspace, revision: base } = config
    await client.config.restore({ workspace, version }, { base })
    setIsAsking(false)
    onRestored()
  })
  return (
    <>
      <ActionButton
        right="workspaces:write"
        icon="retry"
        small
        label={words.restoreOf(version)}
        onClick={() => setIsAsking(true)}
      >
        {words.restore}
      </ActionButton>
      {isAsking && (
        <ConfirmDialog
          title={words.restoreTitle(version)}
          confirm={words.restore}
          busy={restore.busy}
          onConfirm={() => void restore.run()}
          onClose={() => setIsAsking(false)}
        >
          <p>{words.restoreBody}</p>
          <ErrorNote error={restore.error} />
        </ConfirmDialog>
      )}
    </>
  )
}
