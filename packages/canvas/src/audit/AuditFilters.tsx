import { type FormEvent, useId, useState } from 'react'
import { type AuditLens, wholeLog } from '../lib/place.ts'
import { Icon } from '../ui/Icon.tsx'
import { useGo, useServices } from '../use-services.ts'
import { auditText } from './audit-text.ts'
import { endsBeforeItBegins, isoOf, isWhole, localInput } from './lens.ts'

const words = auditText.filter
const hourMs = 3_600_000
const spans = { hour: hourMs, day: 24 * hourMs, week: 168 * hourMs } as const

/** Filters whose only home is the address: back, reload and a shared link show the same. */
export function AuditFilters({ lens }: { lens: AuditLens }) {
  const go = useGo()
  const { store } = useServices()
  const [isBad, setBad] = useState(false)
  const look = (next: AuditLens) => go({ page: 'audit', lens: next })
  const apply = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    const next = lensIn(new FormData(event.currentTarget))
    setBad(endsBeforeItBegins(next))
    if (!endsBeforeItBegins(next)) look(next)
  }
  const recent = (span: keyof typeof spans) => {
    const now = Date.now() + store.getState().clockOffsetMs
    look({ ...lens, from: new Date(now - spans[span]).toISOString(), to: undefined })
  }
  return (
    <form className="filters" aria-label={words.label} onSubmit={apply}>
      <Input name="actor" label={words.actor} value={lens.actor} hint={words.actorHint} />
      <Input name="action" label={words.action} value={lens.action} hint={words.actionHint} />
      <Input name="entity" label={words.entity} value={lens.entity} />
      <Input name="from" label={words.from} value={localInput(lens.from)} type="datetime-local" />
      <Input name="to" label={words.to} value={localInput(lens.to)} type="datetime-local" />
      <div className="filters-end">
        <span className="presets">
          <span className="faint">{words.recent}</span>
          {(Object.keys(spans) as (keyof typeof spans)[]).map((span) => (
            <button
              key={span}
              type="button"
              className="button button-small"
              onClick={() => recent(span)}
            >
              {words.spans[span]}
            </button>
          ))}
        </span>
        <span className="row">
          {!isWhole(lens) && (
            <button
              type="button"
              className="button button-small button-quiet"
              onClick={() => look(wholeLog)}
            >
              <Icon name="close" />
              {words.clear}
            </button>
          )}
          <button type="submit" className="button button-small button-primary">
            {words.apply}
          </button>
        </span>
      </div>
      {isBad && (
        <p className="field-problem" role="alert">
          {words.badTime}
        </p>
      )}
    </form>
  )
}

type InputProps = {
  name: keyof AuditLens
  label: string
  value: string | undefined
  hint?: string
  type?: 'text' | 'datetime-local'
}

function Input({ name, label, value, hint, type = 'text' }: InputProps) {
  const id = useId()
  return (
    <div className="field">
      <label htmlFor={id}>{label}</label>
      <input
        id={id}
        className="input"
        name={name}
        type={type}
        placeholder={hint}
        defaultValue={value}
        autoComplete="off"
        spellCheck={false}
      />
    </div>
  )
}

function lensIn(form: FormData): AuditLens {
  const text = (name: keyof AuditLens) => String(form.get(name) ?? '').trim() || undefined
  return {
    actor: text('actor'),
    action: text('action'),
    entity: text('entity'),
    from: isoOf(text('from') ?? ''),
    to: isoOf(text('to') ?? ''),
  }
}
