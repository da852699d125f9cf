import { behaviours } from '../../testing/behaviours.ts'
import { givenControlPlane } from '../../testing/given-control-plane.ts'
import { givenProcessBackend } from '../../testing/given-process-backend.ts'
import { heldAgainst } from '../../testing/held-against.ts'

heldAgainst(
  'control-plane over process',
  async (behaviour) => givenControlPlane(await givenProcessBackend(behaviours[behaviour])),
  undefined,
  { countUsage: false },
)
