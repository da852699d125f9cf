import process from 'node:process'
import { afterAll, test } from 'vitest'
import { behaviours } from '../testing/behaviours.ts'
import { whyNoDocker } from '../testing/docker.ts'
import { givenDockerBackend } from '../testing/given-docker-backend.ts'
import { givenProcessBackend } from '../testing/given-process-backend.ts'
import { backendConformance, type Given } from './conformance.ts'
import { findSandbox } from './process/sandbox.ts'

const found = await findSandbox([])
const kept = 'sandbox' in found ? found : undefined
const noSandbox = 'reason' in found ? found.reason : undefined

type Lane = { name: string; given: Given; whyNot: string | undefined }

const lanes: Lane[] = [
  {
    name: 'process',
    given: (behaviour) => givenProcessBackend(behaviours[behaviour]),
    whyNot: undefined,
  },
  {
    name: 'process in a sandbox',
    given: (behaviour) => givenProcessBackend(behaviours[behaviour], kept),
    whyNot: noSandbox,
  },
  {
    name: 'docker',
    given: (behaviour) => givenDockerBackend(behaviours[behaviour]),
    whyNot: whyNoDocker(),
  },
]

for (const { name, given, whyNot } of lanes)
  if (whyNot === undefined) backendConformance(name, given)
  else test.skip(`${name} as a backend: ${whyNot}`, () => {})

afterAll(() => {
  const rows = lanes.map(
    ({ name, whyNot }) =>
      `  ${name.padEnd(22)}${whyNot === undefined ? 'ran' : `SKIPPED: ${whyNot}`}`,
  )
  process.stdout.write(`What every backend promises, held against:\n${rows.join('\n')}\n`)
})
