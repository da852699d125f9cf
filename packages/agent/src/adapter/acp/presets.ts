import type { Preset } from './preset.ts'

/** Any program that speaks the protocol. Nothing is known of it beyond that. */
export const acp: Preset = {
  command: '',
  stallS: 300,
  words: { title: 'The program', keys: 'what it needs', address: 'see its documentation' },
  program: undefined,
  prepare: async () => ({ args: [], env: {}, isInstructed: false, hasTools: false }),
}

export const openclaw: Preset = {
  command: 'openclaw',
  stallS: 300,
  words: {
    title: 'OpenClaw',
    keys: 'the key of the provider that it is set up with',
    address: 'models.providers in its openclaw.json',
  },
  program: {
    title: 'OpenClaw',
    npmName: 'openclaw',
    testedWith: '2026.9.6',
    worksFrom: '2026.9.0',
  },
  prepare: async () => ({ args: ['acp'], env: {}, isInstructed: false, hasTools: false }),
}
