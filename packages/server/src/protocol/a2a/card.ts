import { A2A_PROTOCOL_VERSION, type AgentCard, type AgentSkill } from '@a2a-js/sdk'
import { A2A_LEGACY_PROTOCOL_VERSION } from '@a2a-js/sdk/compat/v0_3'
import type { WorkspaceRow } from '../../db/tables.ts'

const textModes = ['text/plain', 'application/json']

/** Where a workspace is served as an A2A agent. */
const a2aUrl = (platformUrl: string, id: string) => `${platformUrl}/workspaces/${id}/a2a`

/** What a workspace is as an A2A agent. We serve every protocol for it, whatever its runtime speaks. */
export function agentCard(
  row: WorkspaceRow,
  options: { platformUrl: string; version: string },
): AgentCard {
  const url = a2aUrl(options.platformUrl, row.id)
  const spoken = [
    { protocolBinding: 'JSONRPC', protocolVersion: A2A_PROTOCOL_VERSION },
    { protocolBinding: 'HTTP+JSON', protocolVersion: A2A_PROTOCOL_VERSION },
    { protocolBinding: 'JSONRPC', protocolVersion: A2A_LEGACY_PROTOCOL_VERSION },
  ]
  return {
    name: row.name,
    description: row.role ?? `The workspace ${row.name} of this organization.`,
    version: options.version,
    supportedInterfaces: spoken.map((each) => ({ ...each, url, tenant: '' })),
    provider: undefined,
    capabilities: {
      streaming: true,
      pushNotifications: true,
      extendedAgentCard: true,
      extensions: [],
    },
    securitySchemes: {
      bearer: {
        scheme: {
          $case: 'httpAuthSecurityScheme',
          value: {
            scheme: 'Bearer',
            bearerFormat: '',
            description:
              'A token of the org with tasks:write, or of a workspace that may talk to this one.',
          },
        },
      },
    },
    securityRequirements: [{ schemes: { bearer: { list: [] } } }],
    defaultInputModes: textModes,
    defaultOutputModes: textModes,
    skills: skillsOf(row),
    signatures: [],
  }
}

/** Those its agent has told of; without any, what its role says. */
function skillsOf(row: WorkspaceRow): AgentSkill[] {
  const told = Array.isArray(row.agentCard?.skills) ? row.agentCard.skills : []
  const skills = told.flatMap((each: unknown) => skillOf(each) ?? [])
  if (skills.length > 0) return skills
  return [skill({ id: 'work', name: row.name, description: row.role ?? `Work for ${row.name}.` })]
}

function skillOf(told: unknown): AgentSkill | undefined {
  if (typeof told === 'string') return skill({ id: told, name: told, description: told })
  if (typeof told !== 'object' || told === null) return undefined
  const { id, name, description, tags } = told as Record<string, unknown>
  if (typeof name !== 'string') return undefined
  const words = Array.isArray(tags) ? tags.filter((tag) => typeof tag === 'string') : []
  return skill({
    id: typeof id === 'string' ? id : name,
    name,
    description: typeof description === 'string' ? description : name,
    tags: words,
  })
}

const skill = ({
  id,
  name,
  description,
  tags = [],
}: {
  id: string
  name: string
  description: string
  tags?: string[]
}): AgentSkill => ({
  id,
  name,
  description,
  tags,
  examples: [],
  inputModes: [],
  outputModes: [],
  securityRequirements: [],
})
