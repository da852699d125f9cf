import { heldAgainst } from '../testing/held-against.ts'

/** Agents that somebody else runs have no backend: the server neither starts nor stops them. */
heldAgainst(
  'external',
  () => Promise.reject(new Error('there is no backend to hold anything against')),
  'nothing to start',
)
