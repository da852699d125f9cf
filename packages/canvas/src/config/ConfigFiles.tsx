import type { Config } from '@molecule/contract/config'
import { useState } from 'react'
import { ConfigEditor } from './ConfigEditor.tsx'
import { changed, emptyDraft, isChanged, pathsOf, textAt } from './config-draft.ts'
import { configText as words } from './config-text.ts'
import { FilePicker } from './FilePicker.tsx'
import { Overtaken } from './Overtaken.tsx'
import { SaveBar } from './SaveBar.tsx'
import { useConfigDraft } from './use-config-draft.ts'
import { useConfigSave } from './use-config-save.ts'

type Props = { config: Config; onSaved: () => void }

/** One file at a time; what is changed and not saved is kept, whatever file is looked at. */
export function ConfigFiles({ config, onSaved }: Props) {
  const { draft, setDraft, isKept } = useConfigDraft(config)
  const paths = pathsOf(draft, config.files)
  const [asked, setAsked] = useState('config.yaml')
  const save = useConfigSave({ config, draft, setDraft, onSaved, onRefused: setAsked })
  const path = paths.includes(asked) ? asked : (paths[0] ?? 'config.yaml')
  const edit = (at: string, text: string | null) => setDraft(changed(draft, config.files, at, text))
  const editing = { config, draft, setDraft }
  return (
    <section className="section">
      {draft.base !== config.revision && isChanged(draft) && <Overtaken {...editing} />}
      <FilePicker
        {...{ paths, path, draft }}
        problems={save.problems}
        onPick={setAsked}
        onAdd={(added) => {
          edit(added, '')
          setAsked(added)
        }}
        onRemove={() => edit(path, null)}
      />
      <ConfigEditor
        key={path}
        path={path}
        text={textAt(draft, config.files, path)}
        problem={save.problems.find(({ file }) => file === path)}
        onChange={(text) => edit(path, text)}
      />
      {!isKept && <p className="warning">{words.notKept}</p>}
      {isChanged(draft) && (
        <SaveBar {...editing} save={save} onDiscard={() => setDraft(emptyDraft(config.revision))} />
      )}
    </section>
  )
}
