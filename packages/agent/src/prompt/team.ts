import type { Peer } from '@molecule/contract/registry'

/** Beyond this many the tool `list_peers` says more. */
const maxPeers = 100

/** Whom it may ask, and how one leads who has a team below. */
export function teamText(self: string, peers: readonly Peer[]): string {
  if (peers.length === 0) return ''
  const team = peers.filter(({ parent_id }) => parent_id === self)
  const others = peers.filter(({ parent_id }) => parent_id !== self)
  return [
    listText('# Your team', team),
    team.length > 0 ? leadText : '',
    listText('# Others whom you may ask', others),
  ]
    .filter(Boolean)
    .join('\n\n')
}

function listText(title: string, peers: readonly Peer[]): string {
  if (peers.length === 0) return ''
  const lines = peers.slice(0, maxPeers).map(lineOf)
  const rest = peers.length - lines.length
  return [title, ...lines, ...(rest > 0 ? [`and ${rest} more (list_peers)`] : [])].join('\n')
}

const lineOf = (peer: Peer) => {
  const { name, role, id, status } = peer
  const skills = skillsOf(peer)
  const does = skills.length > 0 ? `; can ${skills.join(', ')}` : ''
  return `- ${name}${role ? `: ${role}` : ''} (${status}${does}) ${id}`
}

function skillsOf({ agent_card }: Peer): string[] {
  const { skills } = agent_card ?? {}
  return (Array.isArray(skills) ? skills : [])
    .map((skill: { name?: unknown } | null) => skill?.name)
    .filter((name) => typeof name === 'string')
}

const leadText = `You lead this team. Give work to the member whose role fits it before you do it yourself, and to several at once where parts do not depend on each other. If one cannot be reached or fails, ask another or say so. Your answer puts together what they found, in the language of whoever asked.`
