export const connectText = {
  title: 'Connection',
  lead: 'How the agent that runs elsewhere joins.',
  show: 'Show how it joins',
  rotate: 'Rotate credentials',
  dialogTitle: (name: string) => `Connect ${name}`,
  failed: 'How it joins could not be read',
  loading: 'Loading how it joins',
  seen: 'Its agent is connected.',
  waiting: 'Waiting for the first sign of its agent…',
  noToken:
    'The token is not shown again: the lines ask for it. Rotate the credentials to get a new one.',
  token: 'Token, shown only now',
  agent: 'What joins',
  problems: 'What usually goes wrong',
  copy: 'Copy',
  copied: 'Copied',
  rotateTitle: (name: string) => `Rotate the credentials of ${name}?`,
  rotateBody:
    'Its agent loses access with its next call, within about 20 seconds, until it has the new token. Messages that come meanwhile wait for it.',
} as const
