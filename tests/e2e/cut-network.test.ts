import { expect, test } from 'vitest'
import { expectPromisesKept } from './harness/assert-kept.ts'
import { givenCuttingProxy } from './harness/cutting-proxy.ts'
import { givenInstallation } from './harness/given-installation.ts'
import { askOnce, smallOrganization, whenEnded } from './harness/small-organization.ts'
import { until } from './harness/until.ts'
import { promise } from './requirements.ts'

const paths = ['enrol', 'lease', 'start', 'beat', 'complete'].map((name) => `/host/${name}`)

test.each(paths)(
  `${promise('R-04', 'R-05')} %s is cut on its way there and on its way back, and nothing runs twice`,
  async (path) => {
    const installation = await givenInstallation()
    const proxy = await givenCuttingProxy(new URL(installation.url))
    proxy.cut(path, ['request', 'answer', 'answer'])
    await installation.start({ env: { EXTERNAL_PLATFORM_URL: proxy.url } })
    const client = await installation.client()

    const { lead } = await smallOrganization(installation)
    const task = await askOnce(client, lead, 'first')
    const ended = await whenEnded(client, task)
    await until('all cuts are made', () => proxy.left().length === 0)

    expect(ended).toMatchObject({ status: 'completed', attempt: 1 })
    await expectPromisesKept(installation, [task])
  },
)
