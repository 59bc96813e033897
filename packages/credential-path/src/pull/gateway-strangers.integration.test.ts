/** S12 on a real machine: which strangers exist during a pull that is held back, what they know, and that they get nothing. */
import { readFile } from 'node:fs/promises'
import {
  createCa,
  createNetwork,
  eventually,
  inLog,
  makeImage,
  pushImage,
  startFaultProxy,
  startRegistry,
  untilReady,
  type FaultProxy,
  type LocalOciImage,
  type Machine,
  type Registry,
  type TestEngine,
} from '@fairlead/testkit'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { keepSecret, writeOwnerFiles } from '../testing/owner-files.ts'
import { startPullProcess, type Outcome, type PullProcess } from '../testing/pull-process.ts'

const login = { username: 'robot', password: 'canary-pW7c2kTz9mLd' }
const stranger = '54321'
const waits = {
  timing: { connectMs: 3000, silenceMs: 1000, wholeMs: 3000 },
  patience: { stallMs: 1500, retries: 30, pauseMs: 50 },
}

const parts = new AsyncDisposableStack()
let machine: Machine
let engine: TestEngine
let registry: Registry
let proxy: FaultProxy
let puller: PullProcess
let image: LocalOciImage
/** A server on all addresses of the machine that anyone may read: it shows that a scan finds what exists. */
let openPort: number

beforeAll(async () => {
  const network = parts.use(await createNetwork())
  const tls = await createCa()
  const host = network.hostAddress
  const users = { [login.username]: login.password }
  registry = parts.use(await startRegistry({ host, tls, auth: { kind: 'htpasswd', users } }))
  proxy = parts.use(await startFaultProxy({ target: registry, host, tls }))
  machine = await network.machine('shared')
  // Its log then names the path of each pull, which these strangers are given.
  engine = await machine.startEngine({ config: { debug: true } })
  await writeOwnerFiles(machine, { caPem: tls.caPem, trusted: [proxyHost()] })
  await keepSecret(machine, 'login', { ...login, server: proxyHost() })
  puller = await startPullProcess(machine, { waits })
  const open = `require('node:http').createServer((_, r) => r.end('open to all')).listen(0, '0.0.0.0', function () { console.log('at ' + this.address().port) })`
  const control = machine.spawn(process.execPath, ['--eval', open])
  openPort = Number(await untilReady(control, 'the open server listens', async () => portOf(control.tail()), 30_000))

  await pushImage(registry, 'team/tools', '1', await makeImage(), login)
  expect((await pull('team/tools')).code).toBeNull()
  image = await makeImage({ layers: [{ randomBytes: 400_000 }, { randomBytes: 500_000 }, { randomBytes: 600_000 }] })
  await pushImage(registry, 'team/app', '1', image, login)
})
afterAll(() => parts.disposeAsync())

const proxyHost = (): string => proxy.host
const portOf = (log: string): string | undefined => /at (\d+)/.exec(log)?.[1]
const pull = (repository: string): Promise<Outcome> => puller.pull(`${proxyHost()}/${repository}:1`, 'login')

/** Asks every listening port of its network, and those it is given, for everything it could know, under each Host. */
const scan = `
ports="$PORTS $(awk '$4 == "0A" { split($2, end, ":"); print end[2] }' /proc/net/tcp | while read hex; do printf '%d ' "0x$hex"; done)"
for address in $ADDRESSES; do
  for port in $(echo $ports | tr ' ' '\\n' | sort -u); do
    for target in $TARGETS; do
      for host in "127.0.0.1:$port" "localhost:$port" registry.example.com; do
        answer=$(printf 'GET %s HTTP/1.1\\r\\nHost: %s\\r\\nConnection: close\\r\\n\\r\\n' "$target" "$host" | busybox nc -w 2 "$address" "$port" 2>/dev/null | head -c 300 | tr -cd '[:alnum:] ')
        echo "$port $target [$answer]"
      done
    done
  done
done`

interface Secret {
  readonly port: string
  readonly path: string
}

/** The last pull that Docker was asked for, from its own log. */
async function lastPath(): Promise<Secret> {
  const log = await readFile(engine.logFile, 'utf8')
  const [, port = '', path = ''] = [...log.matchAll(/127\.0\.0\.1(?::|%3A)(\d+)(?:\/|%2F)([0-9a-f]{32})/g)].at(-1) ?? []
  return { port, path }
}

const guessed = '0123456789abcdef0123456789abcdef'

function env({ port, path }: Secret, addresses: string): Record<string, string> {
  const digests = [image.digest, ...image.blobs.map(({ digest }) => digest)]
  const below = (at: string): string[] => [
    `/v2/${at}/manifests/${image.digest}`,
    `/v2/${at}/tags/list`,
    ...digests.slice(1, 3).map((digest) => `/v2/${at}/blobs/${digest}`),
  ]
  const targets = ['/v2/', '/v2/_catalog', '/', ...below(guessed), ...below('team/app'), ...below(path)]
  return { ADDRESSES: addresses, PORTS: `${port} ${openPort}`, TARGETS: targets.join(' ') }
}

type Scan = (secret: Secret) => Promise<string>

const run = async (command: string, args: string[], values: Record<string, string>): Promise<string> =>
  machine.mustExec(command, args, { env: values, timeoutMs: 120_000 })

const inContainer =
  (addresses: () => string, ...options: string[]): Scan =>
  (secret) => {
    const values = env(secret, addresses())
    const given = Object.entries(values).flatMap(([name, value]) => ['--env', `${name}=${value}`])
    return run('docker', ['run', '--rm', ...options, ...given, `${proxyHost()}/team/tools:1`, 'sh', '-c', scan], {})
  }
const loopback = (): string => '127.0.0.1'

const strangers: readonly (readonly [string, Scan])[] = [
  [
    'another user',
    (secret) =>
      run(
        'setpriv',
        ['--reuid', stranger, '--regid', stranger, '--clear-groups', 'busybox', 'sh', '-c', scan],
        env(secret, '127.0.0.1'),
      ),
  ],
  ['another process of root', (secret) => run('busybox', ['sh', '-c', scan], env(secret, '127.0.0.1'))],
  ['root in a container with the host’s network', inContainer(loopback, '--network', 'host')],
  ['a user in a container with the host’s network', inContainer(loopback, '--network', 'host', '--user', stranger)],
  ['a container on a bridge', inContainer(() => `127.0.0.1 172.17.0.1 ${machine.address}`)],
]

const answered = (output: string): string[] =>
  output
    .trim()
    .split('\n')
    .filter((line) => !line.endsWith('[]'))

/** Everything received came from the server that is open to all. */
function expectNothing(output: string, { port }: Secret): void {
  expect(output.split('\n').filter((line) => line.startsWith(`${port} `)).length).toBeGreaterThan(40)
  const lines = answered(output)
  expect(lines.length).toBeGreaterThan(40)
  expect(lines.filter((line) => !line.startsWith(`${openPort} `))).toEqual([])
}

describe('while a pull is held back, and after it', () => {
  let held: Promise<Outcome>
  let release: () => void
  let secret: Secret

  beforeAll(async () => {
    const hang = proxy.inject({ path: new RegExp(`blobs/${image.blobs[2]?.digest}`), fault: { kind: 'hang' } })
    release = hang.remove
    const { path: before } = await lastPath()
    held = pull('team/app')
    await eventually(() => (hang.hits > 0 ? true : undefined), { what: 'the pull is held back' })
    secret = await lastPath()
    expect(secret.path).not.toBe(before)
  })

  test.for(strangers)('S12: %s gets nothing, not even with the path', async ([, read]) => {
    expectNothing(await read(secret), secret)
  })

  test('S12: the engine completes the pull that they tried to read', async () => {
    release()
    expect(await held).toMatchObject({ code: null })
  })

  test.for(strangers)('S12: %s gets nothing afterwards with the path that it was given', async ([, read]) => {
    expectNothing(await read(secret), secret)
  })
})

/** Looks for newly opened ports, and keeps 300 connections to each. */
const crowd = `
const { readFileSync } = require('node:fs')
const { connect } = require('node:net')
const known = new Set()
let first = true
setInterval(() => {
  for (const [, port] of readFileSync('/proc/net/tcp', 'latin1').matchAll(/: 0100007F:([0-9A-F]{4}) 00000000:0000 0A/g)) {
    if (known.has(port)) continue
    known.add(port)
    if (!first) for (let i = 0; i < 300; i++) hold(Number.parseInt(port, 16))
  }
  if (first) console.log('watching')
  first = false
}, 2)
let opened = 0
function hold(port) {
  const socket = connect(port, '127.0.0.1', () => ++opened === 300 && console.log('crowded'))
  let isOver = false
  socket.on('error', (error) => (isOver = error.code === 'ECONNREFUSED')).on('close', () => isOver || setTimeout(hold, 5, port))
}`

test('S12: users who open connections by the hundred, again and again, do not keep the engine from its pull', async () => {
  await pushImage(
    registry,
    'team/crowded',
    '1',
    await makeImage({ layers: [1, 2, 3, 4, 5].map((size) => ({ randomBytes: size * 300_000 })) }),
    login,
  )
  const user = ['--reuid', stranger, '--regid', stranger, '--clear-groups']
  const crowds = [user, []].map((as) => machine.spawn('setpriv', [...as, process.execPath, '--eval', crowd]))
  await Promise.all(crowds.map((one) => untilReady(one, 'the crowd watches', inLog(one, /watching/), 30_000)))
  expect(await pull('team/crowded')).toMatchObject({ code: null })
  for (const one of crowds) expect(one.tail()).toContain('crowded')
  await Promise.all(crowds.map((one) => one.stop()))
})
