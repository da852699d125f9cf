import type { Story } from './crash-run.ts'
import { demoOptions, demoReport, demoTasks } from './demo.ts'
import type { Installation } from './installation.ts'
import { askOnce, patientClient, smallOrganization, whenEnded } from './small-organization.ts'

const requests = ['first', 'second']
const answerTo = (text: string) =>
  `Worker 1: completed done: ${text}\nWorker 2: completed done: ${text}`

/** A lead and two workers are made, and asked two things. */
export const smallStory = (installation: Installation): Story => ({
  server: {},
  async live() {
    const { lead } = await smallOrganization(installation)
    const client = await patientClient(installation)
    const accepted = await Promise.all(requests.map((text) => askOnce(client, lead, text)))
    const tasks = await Promise.all(accepted.map((id) => whenEnded(client, id)))
    const wrong = tasks
      .filter(({ text, result }) => result !== answerTo(text))
      .map(({ id, status, result, error }) => `${id} ${status} ${result ?? JSON.stringify(error)}`)
    return { accepted, wrong }
  },
})

/** The demo, from its import to its report. */
export const demoStory = async (installation: Installation): Promise<Story> => ({
  server: await demoOptions(installation),
  async live() {
    const client = await patientClient(installation)
    const report = await demoReport(client)
    const tasks = await demoTasks(client)
    const notReviewed = report.startsWith('# Review of') ? [] : [`no report: ${report}`]
    const notDone = tasks.filter(({ status }) => status !== 'completed')
    return {
      accepted: tasks.map(({ id }) => id),
      wrong: [...notReviewed, ...notDone.map(({ id, status }) => `${id} ${status}`)],
    }
  },
})
