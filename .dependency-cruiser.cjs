/** The import arrows of docs/architecture.md; each rule beside its reason. */
const { Visitor } = require('@swc/core/Visitor.js')

// swc parses `using` and `await using`; the walker that dependency-cruiser takes from it does not know them yet.
// oxlint-disable-next-line typescript/unbound-method -- it is called with its visitor below
const visitStatement = Visitor.prototype.visitStatement
Visitor.prototype.visitStatement = function (statement) {
  if (statement.type !== 'UsingDeclaration') return visitStatement.call(this, statement)
  return { ...statement, decls: this.visitVariableDeclarators(statement.decls) }
}

/** What only tests use. */
const testing = '^packages/(agent|control-plane)/src/testing/'

const onlyFrom = (name, folder, allowed, comment) => ({
  name,
  comment,
  severity: 'error',
  from: { path: `^packages/${folder}/src/`, pathNot: ['\\.(test|conformance)\\.ts$', testing] },
  to: { path: '^packages/([^/]+)/', pathNot: [`^packages/(${[folder, ...allowed].join('|')})/`] },
})

const agent = '^packages/agent/src/'
const tests = '\\.(test|conformance)\\.ts$'

module.exports = {
  forbidden: [
    {
      name: 'no-cycles',
      severity: 'error',
      comment: 'A cycle means that two files have one reason to exist.',
      from: {},
      to: { circular: true },
    },
    onlyFrom('contract-stands-alone', 'contract', [], 'The words both sides share depend on nobody.'),
    onlyFrom(
      'control-plane-knows-no-password',
      'control-plane',
      ['contract'],
      'S1: it must be unable to name a login.',
    ),
    onlyFrom('agent-knows-contract', 'agent', ['contract'], 'A node acts on the contract alone.'),
    onlyFrom('config-file-knows-contract', 'config-file', ['contract'], 'One file, judged by the contract.'),
    onlyFrom('sdk-knows-contract', 'sdk', ['contract'], 'The client is typed from the contract.'),
    onlyFrom(
      'cli-arrows',
      'cli',
      ['contract', 'config-file', 'sdk', 'control-plane', 'agent'],
      'Commands over the sdk, plus serve and agent.',
    ),
    onlyFrom(
      'console-arrows',
      'console',
      ['contract', 'config-file', 'sdk'],
      'The console shows the API and invents nothing.',
    ),
    onlyFrom('testkit-knows-contract', 'testkit', ['contract'], 'Real servers for tests know no product code.'),
    {
      name: 'contract-has-no-io',
      severity: 'error',
      comment: 'The contract runs in a browser: zod is all it may import.',
      from: { path: '^packages/contract/src/', pathNot: tests },
      to: { dependencyTypes: ['core'] },
    },
    {
      name: 'contract-imports-zod-only',
      severity: 'error',
      comment: 'The contract runs in a browser: zod is all it may import.',
      from: { path: '^packages/contract/src/', pathNot: tests },
      to: { path: 'node_modules/', pathNot: 'node_modules/zod/' },
    },
    {
      name: 'sdk-runs-in-a-browser',
      severity: 'error',
      comment: 'The client has no dependency but the contract, and nothing of Node: it runs in a browser.',
      from: { path: '^packages/sdk/src/', pathNot: tests },
      to: { dependencyTypes: ['core', 'npm', 'npm-dev', 'npm-no-pkg', 'npm-unknown'], pathNot: '^packages/contract/' },
    },
    {
      name: 'secrets-alone',
      severity: 'error',
      comment:
        'secrets, registry, gateway and engine know nothing of each other; only pull joins them. find-login asks where a registry is, too.',
      from: { path: `${agent}secrets/`, pathNot: [`${agent}secrets/find-login\\.ts$`, tests] },
      to: { path: `${agent}(registry|gateway|engine|pull|workload|control-channel)/` },
    },
    {
      name: 'registry-alone',
      severity: 'error',
      comment: 'See secrets-alone.',
      from: { path: `${agent}registry/`, pathNot: tests },
      to: { path: `${agent}(secrets|gateway|engine|pull|workload|control-channel)/` },
    },
    {
      name: 'gateway-knows-registry-only',
      severity: 'error',
      comment: 'See secrets-alone: the gateway fetches with a ticket.',
      from: { path: `${agent}gateway/`, pathNot: tests },
      to: { path: `${agent}(secrets|engine|pull|workload|control-channel|login)/` },
    },
    {
      name: 'engine-alone',
      severity: 'error',
      comment: 'See secrets-alone: the engine never meets a login.',
      from: { path: `${agent}engine/`, pathNot: tests },
      to: { path: `${agent}(secrets|registry|gateway|pull|workload|control-channel|login)/` },
    },
    {
      name: 'only-pull-joins',
      severity: 'error',
      comment: 'The credential path is joined in one place.',
      from: { path: `${agent}(workload|control-channel)/`, pathNot: tests },
      to: { path: `${agent}(secrets|registry|gateway|login)/` },
    },
    {
      name: 'logins-stay-home',
      severity: 'error',
      comment:
        'S4: the types that hold a password are for secrets, registry and pull alone, and for the adapters, whose work is to hand a bound login to an engine (index and explain show them to nobody else).',
      from: {
        path: '^packages/',
        pathNot: [`${agent}(login|secrets|registry|pull|adapters)/`, `${agent}explain\\.ts$`, tests],
      },
      to: { path: `${agent}login/` },
    },
    {
      name: 'adapters-know-no-engine',
      severity: 'error',
      comment: 'An adapter answers who asks for a login; it pulls nothing and takes no orders.',
      from: { path: `${agent}adapters/`, pathNot: tests },
      to: { path: `${agent}(engine|gateway|pull|workload)/` },
    },
    {
      name: 'nobody-imports-adapters',
      severity: 'error',
      comment:
        'They hand out passwords: only the agent opens their socket, index shows what the command line needs, and one executable is all programs.',
      from: {
        path: '^packages/',
        pathNot: [`${agent}(adapters/|main\\.ts$|index\\.ts$)`, '^packages/cli/src/executable/program\\.ts$', tests],
      },
      to: { path: `${agent}adapters/` },
    },
    {
      name: 'login-imports-contract-alone',
      severity: 'error',
      comment: 'Nothing can be hidden beside a password.',
      from: { path: `${agent}login/`, pathNot: tests },
      to: { path: `${agent}(?!login/)` },
    },
    {
      name: 'conformance-is-for-tests',
      severity: 'error',
      comment: 'A conformance suite is imported by tests only.',
      from: { pathNot: tests },
      to: { path: '\\.conformance\\.ts$' },
    },
    {
      name: 'testing-is-for-tests',
      severity: 'error',
      comment: 'What tests share is imported by tests only.',
      from: { path: '^packages/', pathNot: [testing, tests] },
      to: { path: testing },
    },
    {
      name: 'testkit-is-for-tests',
      severity: 'error',
      comment: 'Development only.',
      from: { path: '^packages/', pathNot: ['^packages/testkit/', testing, tests] },
      to: { path: '^packages/testkit/' },
    },
    {
      name: 'not-to-unresolvable',
      severity: 'error',
      comment: 'An import must exist.',
      from: {},
      to: { couldNotResolve: true, pathNot: '^virtual:' },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '(^|/)(fixtures|dist|\\.cache)/' },
    parser: 'swc',
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'default', 'types'],
      extensions: ['.ts', '.tsx', '.mjs', '.js', '.cjs', '.json'],
    },
  },
}
