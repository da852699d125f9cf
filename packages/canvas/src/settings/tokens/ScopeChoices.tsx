import type { Right } from '@molecule/contract/identity'
import { settingsText } from '../settings-text.ts'
import { type Preset, presetOf, presets, scopeGroups, toggled } from './scopes.ts'

const words = settingsText.tokens

type Props = { scopes: readonly Right[]; onChange: (scopes: readonly Right[]) => void }

/** What a token may do: a preset to start from, and every scope by itself. */
export function ScopeChoices({ scopes, onChange }: Props) {
  const chosen = presetOf(scopes)
  return (
    <fieldset className="choices">
      <legend>{words.scopes}</legend>
      <div className="presets">
        <span className="faint">{words.preset}</span>
        {(Object.keys(presets) as Preset[]).map((preset) => (
          <button
            key={preset}
            type="button"
            className="button button-small"
            aria-pressed={preset === chosen}
            onClick={() => onChange(presets[preset])}
          >
            {words.presets[preset]}
          </button>
        ))}
      </div>
      <div className="scopes">
        {scopeGroups.map(({ group, scopes: offered }) => (
          <div key={group} className="scope-group">
            <p className="scope-group-name">{settingsText.rightGroup[group]}</p>
            {offered.map((right) => (
              <label key={right} className="choice">
                <input
                  type="checkbox"
                  checked={scopes.includes(right)}
                  onChange={() => onChange(toggled(scopes, right))}
                />
                <code className="choice-label">{right}</code>
                <span className="choice-hint">{settingsText.right[right]}</span>
              </label>
            ))}
          </div>
        ))}
      </div>
      {scopes.length === 0 && (
        <p className="field-problem" role="alert">
          {words.noScope}
        </p>
      )}
    </fieldset>
  )
}
