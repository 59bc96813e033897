/** The import arrows of docs/architecture.md, each with its reason. */
const { Visitor } = require('@swc/core/Visitor.js')

// swc parses `using` and `await using`; the walker that dependency-cruiser takes from it does not know them yet.
// oxlint-disable-next-line typescript/unbound-method -- it is called with its visitor below
const visitStatement = Visitor.prototype.visitStatement
Visitor.prototype.visitStatement = function (statement) {
  if (statement.type !== 'UsingDeclaration') return visitStatement.call(this, statement)
  return { ...statement, decls: this.visitVariableDeclarators(statement.decls) }
}

/** What only tests use. */
const testing = '^packages/[^/]+/src/testing/'

const onlyFrom = (name, folder, allowed, comment) => ({
  name,
  comment,
  severity: 'error',
  from: { path: `^packages/${folder}/src/`, pathNot: ['\\.(test|conformance)\\.ts$', testing] },
  to: { path: '^packages/([^/]+)/', pathNot: [`^packages/(${[folder, ...allowed].join('|')})/`] },
})

const agent = '^packages/agent/src/'
const path = '^packages/credential-path/src/'
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
    onlyFrom('credential-path-arrows', 'credential-path', ['contract'], 'The product depends on the contract only.'),
    onlyFrom('doors-arrows', 'doors', ['contract', 'credential-path'], 'A door is a way into the credential path.'),
    onlyFrom(
      'agent-arrows',
      'agent',
      ['contract', 'credential-path', 'doors'],
      'The daemon walks the path for its orders, and opens the doors.',
    ),
    onlyFrom('config-file-knows-contract', 'config-file', ['contract'], 'One file, judged by the contract.'),
    onlyFrom('sdk-knows-contract', 'sdk', ['contract'], 'The client is typed from the contract.'),
    onlyFrom(
      'cli-arrows',
      'cli',
      ['contract', 'config-file', 'sdk', 'control-plane', 'credential-path', 'doors', 'agent'],
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
      name: 'names-and-problems-know-no-wire',
      severity: 'error',
      comment: 'A reference is parsed, and a failure is named, without knowing which route or report carries it.',
      from: { path: '^packages/contract/src/(names|problems)/', pathNot: tests },
      to: { path: '^packages/contract/src/wire/' },
    },
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
      name: 'secret-alone',
      severity: 'error',
      comment:
        'secret, registry, gateway and engine know nothing of each other; pull joins them. find-login asks where a registry is, too.',
      from: { path: `${path}secret/`, pathNot: [`${path}secret/find-login\\.ts$`, tests] },
      to: { path: `${path}(registry|gateway|layers|engine|pull|record)/` },
    },
    {
      name: 'registry-alone',
      severity: 'error',
      comment: 'See secret-alone.',
      from: { path: `${path}registry/`, pathNot: tests },
      to: { path: `${path}(secret|gateway|layers|engine|pull|record)/` },
    },
    {
      name: 'gateway-knows-layers-and-registry',
      severity: 'error',
      comment: 'See secret-alone: the gateway serves the bytes that a ticket fetches.',
      from: { path: `${path}(gateway|layers)/`, pathNot: tests },
      to: { path: `${path}(secret|engine|pull|match)/` },
    },
    {
      name: 'engine-alone',
      severity: 'error',
      comment: 'See secret-alone: the engine never meets a login.',
      from: { path: `${path}engine/`, pathNot: tests },
      to: { path: `${path}(secret|registry|gateway|layers|pull|record|match)/` },
    },
    {
      name: 'match-imports-contract-only',
      severity: 'error',
      comment: 'Nothing can be hidden beside a password.',
      from: { path: `${path}match/`, pathNot: tests },
      to: { path: `${path}(?!match/)` },
    },
    {
      name: 'logins-stay-home',
      severity: 'error',
      comment:
        'S4: the types that hold a password are for secret, registry and pull, and for the doors, which hand a bound login to an engine. explain shows them to nobody else.',
      from: {
        path: '^packages/',
        pathNot: [`${path}(match|secret|registry|pull)/`, `${path}explain\\.ts$`, '^packages/doors/', testing, tests],
      },
      to: { path: `${path}match/` },
    },
    {
      name: 'orders-know-no-login',
      severity: 'error',
      comment: 'What runs containers and talks to the control plane meets the path as a whole.',
      from: { path: `${agent}(workload|channel)/`, pathNot: [testing, tests] },
      to: { path: `${path}(secret|registry|gateway|layers|match)/` },
    },
    {
      name: 'doors-pull-nothing',
      severity: 'error',
      comment: 'A door that hands out a login pulls nothing and takes no orders.',
      from: { path: '^packages/doors/', pathNot: [tests, '^packages/doors/src/(engines|mirror)/'] },
      to: { path: `${path}(engine|gateway|layers|pull)/` },
    },
    {
      name: 'mirror-pulls-for-engines',
      severity: 'error',
      comment:
        'The mirror finds a login and serves blobs as a pull does; it talks to no engine, and hands no login to anyone.',
      from: { path: '^packages/doors/src/mirror/', pathNot: tests },
      to: { path: [`${path}engine/`, '^packages/doors/src/(docker-|kubelet|local-socket)'] },
    },
    {
      name: 'engine-doors-talk-to-engines',
      severity: 'error',
      comment: 'They find an engine and let it try the door; no login comes near them.',
      from: { path: '^packages/doors/src/engines/', pathNot: tests },
      to: {
        path: [`${path}(?!engine/(docker-socket|pull-stream)|process/|grpc/)`, '^packages/doors/src/(?!engines/)'],
      },
    },
    {
      name: 'doors-are-opened-in-one-place',
      severity: 'error',
      comment:
        'They hand out passwords: in the daemon only its main opens them. What looks at them from outside hands out nothing.',
      from: { path: agent, pathNot: [`${agent}process/main\\.ts$`, tests] },
      to: { path: '^packages/doors/', pathNot: '^packages/doors/src/upkeep/' },
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
