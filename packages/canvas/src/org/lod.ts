/** How much a card shows: a block with its name, the essentials, or everything. Its size stays the same. */
export type Lod = 'tile' | 'compact' | 'full'

const tileBelow = 0.3
const fullFrom = 0.7

export function lodAt(zoom: number): Lod {
  if (zoom < tileBelow) return 'tile'
  return zoom < fullFrom ? 'compact' : 'full'
}
