import { type KeyboardEvent, useEffect, useId, useRef, useState } from 'react'
import { text } from '../strings.ts'
import { MAX_SHOWN, matching, type Option } from './combobox-matches.ts'
import type { Wiring } from './Field.tsx'
import { Icon } from './Icon.tsx'

type Props = {
  wiring: Wiring
  options: readonly Option[]
  value: string
  placeholder?: string | undefined
  required?: boolean
  onChange: (value: string) => void
}

const steps: Readonly<Record<string, number>> = { ArrowDown: 1, ArrowUp: -1 }

/** One of many, found by typing. The keys are those of a native list; Esc closes the list before anything else. */
export function Combobox({ wiring, options, value, placeholder, required, onChange }: Props) {
  const listId = useId()
  const { query, found, active, open, close, type, move } = useSearch(options, value)
  const isOpen = query !== undefined
  const label = options.find((option) => option.value === value)?.label ?? value
  const choose = (option: Option | undefined) => {
    if (option) onChange(option.value)
    close()
  }
  const actionOf = (key: string) => {
    const step = steps[key]
    if (step !== undefined) return isOpen ? () => move(step) : open
    if (!isOpen) return undefined
    if (key === 'Enter') return () => choose(found[active])
    return key === 'Escape' ? close : undefined
  }
  const onKeyDown = (event: KeyboardEvent) => {
    // Whoever typed and goes on means what was found.
    if (event.key === 'Tab' && query) choose(found[active])
    const act = actionOf(event.key)
    if (!act) return
    event.preventDefault()
    event.stopPropagation()
    act()
  }
  return (
    <div className="combobox">
      <div className="combobox-input">
        <input
          {...wiring}
          className="input"
          role="combobox"
          aria-expanded={isOpen}
          aria-controls={listId}
          aria-autocomplete="list"
          aria-activedescendant={isOpen && found[active] ? `${listId}-${active}` : undefined}
          autoComplete="off"
          spellCheck={false}
          required={required}
          placeholder={isOpen ? label || placeholder : placeholder}
          value={query ?? label}
          onClick={open}
          onChange={({ target }) => type(target.value)}
          onKeyDown={onKeyDown}
          onBlur={close}
        />
        <Icon name="chevronDown" />
      </div>
      {isOpen && <OptionList {...{ listId, found, active, value }} onChoose={choose} />}
    </div>
  )
}

/** What is typed while the list is open, and which of those found the keys are at. */
function useSearch(options: readonly Option[], value: string) {
  const [query, setQuery] = useState<string>()
  const [at, setAt] = useState(0)
  const all = query === undefined ? [] : matching(options, query)
  const found = all.slice(0, MAX_SHOWN)
  const active = Math.min(at, found.length - 1)
  return {
    ...{ query, found, active },
    open: () => {
      if (query !== undefined) return
      setQuery('')
      setAt(
        Math.max(
          0,
          options.findIndex((option) => option.value === value),
        ),
      )
    },
    close: () => setQuery(undefined),
    type: (typed: string) => {
      setQuery(typed)
      setAt(0)
    },
    move: (by: number) => setAt((active + by + found.length) % Math.max(1, found.length)),
  }
}

type ListProps = {
  listId: string
  found: readonly Option[]
  active: number
  value: string
  onChoose: (option: Option) => void
}

function OptionList({ listId, found, active, value, onChoose }: ListProps) {
  const list = useRef<HTMLDivElement>(null)
  // biome-ignore lint/correctness/useExhaustiveDependencies: another one is active, or at another place.
  useEffect(() => {
    list.current?.querySelector('[data-active="true"]')?.scrollIntoView({ block: 'nearest' })
  }, [active, found.length])
  return (
    <div
      id={listId}
      ref={list}
      className="combobox-list"
      role="listbox"
      tabIndex={-1}
      // The focus stays in the input.
      onMouseDown={(event) => event.preventDefault()}
    >
      {found.length === 0 && <p className="faint combobox-none">{text.common.nothingFound}</p>}
      {found.map((option, index) => (
        // biome-ignore lint/a11y/useKeyWithClickEvents: the keys are those of the input.
        // biome-ignore lint/a11y/useFocusableInteractive: the focus stays in the input.
        <div
          key={option.value}
          id={`${listId}-${index}`}
          className="combobox-option"
          role="option"
          aria-selected={option.value === value}
          data-active={index === active}
          onClick={() => onChoose(option)}
        >
          <span>{option.label}</span>
          {option.detail && <span className="combobox-detail">{option.detail}</span>}
        </div>
      ))}
    </div>
  )
}
