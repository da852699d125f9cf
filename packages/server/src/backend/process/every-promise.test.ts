import { behaviours } from '../../testing/behaviours.ts'
import { givenProcessBackend } from '../../testing/given-process-backend.ts'
import { heldAgainst } from '../../testing/held-against.ts'
import { findSandbox } from './sandbox.ts'

const found = await findSandbox([])
const kept = 'sandbox' in found ? found : undefined
const whyNot = 'reason' in found ? found.reason : undefined

heldAgainst('process', (behaviour) => givenProcessBackend(behaviours[behaviour]), undefined)
heldAgainst(
  'process in a sandbox',
  (behaviour) => givenProcessBackend(behaviours[behaviour], kept),
  whyNot,
)
