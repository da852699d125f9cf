import { refusals } from '../../../packages/server/src/http/compat/refusals.ts'
import { statusOf } from '../../../packages/server/src/http/errors.ts'
import { clients } from './clients.ts'
import { changed, same } from './served.ts'

export const compatibilityPagePath = 'docs/reference/compatibility.md'

type Row = { route: string; line: string }

const unchanged: Row[] = same.map((route) => ({ route, line: `| \`${route}\` | same | |` }))

const answersOtherwise: Row[] = Object.entries(changed).map(([route, how]) => ({
  route,
  line: `| \`${route}\` | changed | ${how} |`,
}))

const refused: Row[] = refusals.flatMap(({ code, why, use, routes }) =>
  routes.map((route) => ({
    route,
    line: `| \`${route}\` | ${statusOf(code)} \`${code}\` | ${why} ${use} |`,
  })),
)

/** By what it is about, then by its name: `/workspaces/:id/…` under what stands behind the id. */
const place = ({ route }: Row) => {
  const [method = '', path = ''] = route.split(' ')
  return `${path.replaceAll(':', '')} ${method}`
}

export const referenceRows = [...unchanged, ...answersOtherwise, ...refused].sort((a, b) =>
  place(a) < place(b) ? -1 : 1,
)

const clientRows = Object.entries(clients).flatMap(([client, lines]) =>
  lines.map(({ needs, gets }, index) => `| ${index === 0 ? client : ''} | ${needs} | ${gets} |`),
)

/** What becomes of every route of the reference, made of the tables that the router and the tests use. */
export const compatibilityPage = () => `# Compatibility

Programs that were written for the reference platform keep working with a valid token. This page says for each of its routes what became of
it, and for each of its published clients what it gets.

**Everywhere.** Each of these routes needs a credential, but \`GET /health\` and deliveries that are signed. Who asks is said by that credential: \`X-Workspace-ID\` may
repeat it, \`X-Source-Workspace-Id\` and \`Origin\` change nothing. A refusal is a problem document whose \`error\` is the text that older clients read. Fields that
are not known are passed over and named in \`Molecule-Ignored-Fields\`. *Same* means that what older clients send is taken and what they read is there; there may be more of it.

**Refused.** 410 \`route_gone\`: something else has taken its place. 501 \`not_available_yet\`: there is no such service. Both say why in \`detail\`, and what to do
instead in \`hint\`. Whatever begins with \`/cp/\` belongs to the hosted control plane, and memory stores speak \`/v1/\` themselves: neither is a route of this server.

## Routes

| route | | |
| --- | --- | --- |
${referenceRows.map(({ line }) => line).join('\n')}

All routes there are, those of our own included, are in the [API reference](api.md).

## Clients

| client | needs | gets |
| --- | --- | --- |
${clientRows.join('\n')}

This page is written by \`node scripts/docs.ts\`.
`
