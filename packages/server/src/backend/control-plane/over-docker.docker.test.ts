import { behaviours } from '../../testing/behaviours.ts'
import { whyNoDocker } from '../../testing/docker.ts'
import { givenControlPlane } from '../../testing/given-control-plane.ts'
import { givenDockerBackend } from '../../testing/given-docker-backend.ts'
import { heldAgainst } from '../../testing/held-against.ts'

heldAgainst(
  'control-plane over docker',
  async (behaviour) =>
    givenControlPlane(await givenDockerBackend(behaviours[behaviour], { serverUrl: undefined })),
  whyNoDocker(),
  { countUsage: false },
)
