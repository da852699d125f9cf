import type { Subtree, SubtreeMember } from '@molecule/contract/lifecycle'
import { oneLine } from './output/plain-text.ts'

const namesShown = 10

export const quoted = (name: string) => `"${oneLine(name)}"`

export const counted = (n: number, one: string, many = `${one}s`) => `${n} ${n === 1 ? one : many}`

/** `"Lead" and below it "A", "B" and 3 more`. */
export function reachOf({ workspaces }: Subtree): string {
  const [top, ...below] = workspaces
  return `${quoted(top?.name ?? '')}${below.length > 0 ? ` and below it ${namesOf(below)}` : ''}`
}

export function namesOf(members: readonly SubtreeMember[]): string {
  const shown = members.slice(0, namesShown).map(({ name }) => quoted(name))
  const more = members.length - shown.length
  return more > 0 ? `${shown.join(', ')} and ${more} more` : shown.join(', ')
}
