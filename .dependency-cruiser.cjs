/**
 * Who may import whom. Every import that no line below allows is an error; so a new folder is refused
 * until it has its line here.
 */
const test = '([.]test[.]tsx?$|/testing/|/conformance[.]ts$)'
const server = (...folders) => `^packages/server/src/(${folders.join('|')})`
const contract = '^packages/contract/src/'
const wire = '^packages/(contract|sdk)/src/'

/** Code in `from` may import its own folder, and `to`. */
const layer = (from, ...to) => ({
  from: { path: from, pathNot: test },
  to: { path: [from, ...to] },
})

/** Libraries from npm and modules of Node. */
const libraries = { path: ['^node_modules/', '^packages/[^/]+/node_modules/'] }

module.exports = {
  allowed: [
    layer(contract),
    layer('^packages/sdk/src/', contract),
    layer('^packages/(agent)/', wire),
    layer('^packages/(model-stub)/'),
    layer('^packages/(cli)/', wire, '^packages/agent/src/bridge/bridge[.]ts$'),
    layer('^packages/(canvas)/', wire),

    layer(server('lib/')),
    layer(server('db/'), contract, server('lib/')),
    layer(server('backend/'), contract, server('lib/')),
    layer(server('domain/'), contract, server('db/', 'lib/')),
    layer(
      server('reconcile/'),
      contract,
      server('domain/', 'db/', 'lib/', 'backend/backend[.]ts$'),
    ),
    layer(
      server('http/', 'protocol/'),
      contract,
      server('domain/', 'db/tables[.]ts$', 'lib/', 'backend/backend[.]ts$'),
    ),
    layer(
      server('host/'),
      contract,
      server('domain/', 'db/tables[.]ts$', 'lib/', 'backend/backend[.]ts$'),
    ),
    layer(server('adapter/'), contract, server('domain/', 'db/tables[.]ts$', 'lib/')),
    layer(server('config([.]ts$|/)'), server('config/'), server('lib/')),
    layer(server('main[.]ts$', 'boot/', 'demo/'), contract, '^packages/server/src/'),

    { from: { path: test }, to: {} },
    { from: { path: '^(tests|bench|scripts|examples)/|^[^/]+[.]config[.]ts$' }, to: {} },
    { from: {}, to: libraries },
    { from: {}, to: { dependencyTypes: ['core'] } },
  ],
  allowedSeverity: 'error',
  forbidden: [
    { name: 'no-cycle', severity: 'error', from: {}, to: { circular: true } },
    { name: 'resolves', severity: 'error', from: {}, to: { couldNotResolve: true } },
    {
      name: 'product-not-to-test',
      comment: 'What runs in production imports no test and no test double.',
      severity: 'error',
      from: { path: '^packages/', pathNot: test },
      to: { path: test },
    },
    {
      name: 'contract-needs-only-zod',
      severity: 'error',
      from: { path: contract, pathNot: test },
      to: { dependencyTypesNot: ['local'], pathNot: '^node_modules/zod/' },
    },
    {
      name: 'declared',
      comment: 'A package declares what it imports.',
      severity: 'error',
      from: { path: '^packages/', pathNot: test },
      to: { dependencyTypes: ['npm-no-pkg', 'npm-unknown'] },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules/(?!@molecule/)' },
    exclude: { path: '^packages/[^/]+/dist/' },
    tsConfig: { fileName: 'tsconfig.json' },
    tsPreCompilationDeps: true,
    moduleSystems: ['es6'],
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'default', 'types'],
    },
  },
}
