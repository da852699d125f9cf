import type { Right } from '@molecule/contract/identity'
import { hasRight, sessionIn } from './state/rights.ts'
import { useCanvas } from './use-services.ts'

export const useRight = (right: Right): boolean =>
  useCanvas(({ access }) => hasRight(access, right))

export const useSession = () => useCanvas(({ access }) => sessionIn(access))
