import { useState } from 'react'
import { text } from '../strings.ts'
import { Icon } from '../ui/Icon.tsx'
import { chooseTheme, storedTheme, type Theme, themes } from './theme.ts'

const icon = { light: 'sun', dark: 'moon', system: 'screen' } as const

export function ThemeSwitch() {
  const [chosen, setChosen] = useState(storedTheme)
  const choose = (theme: Theme) => {
    chooseTheme(theme)
    setChosen(theme)
  }
  return (
    <fieldset className="segments segments-theme">
      <legend className="sr-only">{text.header.theme.label}</legend>
      {themes.map((theme) => (
        <button
          key={theme}
          type="button"
          aria-pressed={theme === chosen}
          aria-label={text.header.theme[theme]}
          title={text.header.theme[theme]}
          onClick={() => choose(theme)}
        >
          <Icon name={icon[theme]} />
        </button>
      ))}
    </fieldset>
  )
}
