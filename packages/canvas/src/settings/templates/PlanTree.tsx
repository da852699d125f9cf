import type { PlannedNode } from '@molecule/contract/org'
import { settingsText } from '../settings-text.ts'

const words = settingsText.templates

/** Parents before their children, each below its parent. */
export function PlanTree({ nodes }: { nodes: readonly PlannedNode[] }) {
  return (
    <ul className="plan-tree">
      {nodes.map((node) => (
        <li key={node.path.join('/')} style={{ marginInlineStart: `${node.path.length - 1}rem` }}>
          <span className="plan-name">{node.path.at(-1)}</span>
          <span className="faint">{node.runtime}</span>
          <span className="plan-action" data-action={node.action}>
            {words.action[node.action]}
          </span>
          {node.blocked_by && <p className="field-problem">{node.blocked_by.detail}</p>}
          {node.config.layers.length > 0 && (
            <p className="faint">{words.config(node.config.layers, node.config.files.length)}</p>
          )}
          {node.not_applied.length > 0 && (
            <p className="faint">{words.notApplied(node.not_applied.join(', '))}</p>
          )}
        </li>
      ))}
    </ul>
  )
}
