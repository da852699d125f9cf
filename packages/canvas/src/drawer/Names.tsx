import type { Workspace } from '@molecule/contract/workspace'
import { text } from '../strings.ts'

const namesShown = 8

/** Whom an action reaches. */
export function Names({ of: reached }: { of: readonly Workspace[] }) {
  return (
    <ul className="names">
      {reached.slice(0, namesShown).map(({ id, name, role }) => (
        <li key={id}>
          {name} {role && <span className="faint">{role}</span>}
        </li>
      ))}
      {reached.length > namesShown && <li>{text.about.andMore(reached.length - namesShown)}</li>}
    </ul>
  )
}
