export const runtimeText = {
  title: 'Runtime',
  change: 'Change',
  changeModel: (name: string) => `Change the model of ${name}`,
  modelTitle: (name: string) => `Model of ${name}`,
  modelHint: (model: string) => `Left empty: ${model}. It counts from the next start.`,
  save: 'Save',
  restart: 'What was changed counts from the next start: restart it below.',
  needs: 'Needs',
  isThere: (name: string) => `${name} is there`,
  isMissing: (names: string) => `${names} is missing`,
  missing: 'It does not start without these. They are stored as secrets of this workspace.',
  needsFailed: 'What it has could not be read',
} as const
