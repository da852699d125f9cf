import { text } from '../strings.ts'

/** Whether what was stored goes too. */
export function PurgeChoice({
  value,
  onChange,
}: {
  value: boolean
  onChange: (to: boolean) => void
}) {
  return (
    <label className="choice">
      <input type="checkbox" checked={value} onChange={(event) => onChange(event.target.checked)} />
      {text.about.purge}
    </label>
  )
}
