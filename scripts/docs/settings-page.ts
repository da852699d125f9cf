import { type Setting, settings } from '../../packages/server/src/config.ts'

export const settingsPagePath = 'docs/reference/settings.md'

/** The page of all settings, made of the schema that reads them. */
export const settingsPage = () => `# Settings

The server reads its settings from environment variables, once, when it starts. All may be left out. An empty value is as good as none.
A value that is not allowed stops the start and is named; of those in seconds, hours and days, and of \`MOLECULE_PROVISION_CONCURRENCY\`, the default is used instead, with a warning.

\`\`\`sh
PORT=9000 LOG_LEVEL=info npm start
\`\`\`

| setting | default | allowed | meaning |
| --- | --- | --- | --- |
${settings.map(row).join('\n')}

This page is written by \`node scripts/docs.ts\`.
`

const row = ({ name, fallback, value, about }: Setting) =>
  `| \`${name}\` | ${fallback === undefined ? '' : `\`${fallback}\``} | ${value} | ${about} |`
