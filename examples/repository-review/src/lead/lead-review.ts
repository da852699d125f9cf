import { repositoryIn } from '../request.ts'
import { renderReport } from './report.ts'
import { delegatePart, type Lead, planTeam } from './team.ts'

/** Plan, delegate all parts at once, wait, merge. */
export async function leadReview(lead: Lead, request: string): Promise<string> {
  const folder = repositoryIn(request)
  const team = await planTeam(lead)
  lead.patience.say(`plan: ${team.map(({ name }) => name).join(', ')} review ${folder} at once`)
  const parts = await Promise.all(team.map((member) => delegatePart(lead, member, folder)))
  return `${renderReport(folder, parts)}\n`
}
