/** A test machine among rogue registries: their names resolve to them, a villain listens outside, and a trap on every address of the machine. */
import { makeImage } from '../images/make-image.ts'
import type { Machine } from '../machines/machine.ts'
import type { TestNetwork } from '../machines/network.ts'
import { startRecorder } from '../servers/recorder.ts'
import { inLog, untilReady } from '../service.ts'
import type { TestCa } from '../servers/test-ca.ts'
import { honestImage, type HonestImage } from './contents.ts'
import { leaksOf } from './leaks.ts'
import type { RogueCase } from './rogue-case.ts'
import { rogueDomain, startRogueRegistry, type RogueRegistry } from './rogue-registry.ts'
import { startVillain } from './villain.ts'

export interface RogueWorldOptions {
  network: TestNetwork
  machine: Machine
  tls: TestCa
  cases: readonly RogueCase[]
}

export interface RogueWorld extends AsyncDisposable {
  readonly registry: RogueRegistry
  readonly login: { readonly username: string; readonly password: string }
  /** What registries here issue for the login; equally valuable while it lasts. */
  readonly token: string
  /** Forgets what other servers have received so far. */
  readonly forget: () => void
  /** What happened to the login in this case, since then; empty if all is well. */
  readonly leaks: (entry: RogueCase) => string[]
  /** `host:port` of all servers that speak TLS here. */
  readonly tlsHosts: readonly string[]
  /** Connections to the machine's own addresses. */
  readonly trapped: () => string
}

const insidePort = 8443
const addresses = [
  '169.254.169.254/32',
  '169.254.170.2/32',
  '100.100.100.200/32',
  '168.63.129.16/32',
  'fd00:ec2::254/128',
  'fe80::1/64',
]

const trap = `
require('node:net').createServer((socket) => {
  console.log('connected to', socket.localAddress)
  socket.on('error', () => {})
}).listen({ port: ${insidePort}, host: '::' }, () => console.log('listening'))
`

export async function startRogueWorld({ network, machine, tls, cases }: RogueWorldOptions): Promise<RogueWorld> {
  await using parts = new AsyncDisposableStack()
  const host = network.hostAddress
  const login = { username: 'robot', password: 'canary-Wq7/p+Zk93:vTn' }
  const token = 'canary.token-5fGh8KqLw2'
  const shared = await newImage('shared')
  const own = new Map<string, HonestImage>()
  for (const { name, ownImage } of cases) if (ownImage === true) own.set(name, await newImage(name))
  const blobs = new Map([shared, ...own.values()].flatMap((image) => [...image.blobs]))

  const lookAlikes = cases.map(({ name }) => `${name}.${rogueDomain}`).filter((name) => name.startsWith('look-alike'))
  const falseNames = lookAlikes.flatMap((name) => [`${name}.evil.test`, `evil-${name}`, `login.${name}`])
  const names = ['store.evil.test', `login.${rogueDomain}`, ...lookAlikes, ...falseNames] as const
  const villain = parts.use(await startVillain({ host, tls, names: [...names], blobs, insidePort }))
  const plain = parts.use(await startRecorder({ host, name: 'plain.evil.test' }))
  const strangers = [villain, plain]
  const villainPort = Number(villain.host.split(':')[1])
  const world = { villain: villain.host, villainPort, plainVillain: plain.host, insidePort }
  const imageOf = (name: string): HonestImage => own.get(name) ?? shared
  const registry = parts.use(await startRogueRegistry({ host, tls, cases, login, token, imageOf, world }))

  const registries = cases.map(({ name }) => `${name}.${rogueDomain}`)
  const listed = cases.filter(({ resolvesTo }) => resolvesTo === undefined).map(({ name }) => `${name}.${rogueDomain}`)
  const outside = [...listed, ...names, 'plain.evil.test']
  for (const { name, resolvesTo = [] } of cases) {
    const addresses = resolvesTo.map((list) => list.map((address) => (address === 'itself' ? host : address)))
    if (addresses.length > 0) network.answerFor(`${name}.${rogueDomain}`, ...addresses)
  }
  await machine.writeHosts(Object.fromEntries(outside.map((name) => [name, host])))
  await machine.writeHosts({ 'loopback.evil.test': '127.0.0.1', 'metadata.evil.test': '169.254.169.254' })
  network.answerFor('half-loopback.evil.test', [host, '127.0.0.1'])
  for (const address of addresses) await machine.mustExec('ip', ['address', 'add', address, 'dev', 'lo'])
  const listener = machine.spawn(process.execPath, ['--eval', trap])
  await untilReady(listener, 'the trap listens', inLog(listener, /listening/))

  const owned = parts.move()
  return {
    registry,
    login,
    token,
    forget() {
      for (const stranger of strangers) stranger.clear()
    },
    leaks: (entry) =>
      leaksOf(entry, {
        strangers,
        requests: registry.requests.filter((request) => request.case === entry.name),
        secrets: { password: login.password, token },
      }),
    tlsHosts: [
      ...registries.map((name) => `${name}:${registry.port}`),
      ...names.map((name) => `${name}:${villainPort}`),
    ],
    trapped: () => listener.log().replace(/^listening\n/, ''),
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  }
}

async function newImage(name: string): Promise<HonestImage> {
  const layers = [{ randomBytes: 200_000 }]
  return honestImage(await makeImage({ base: 'none', files: { 'hello.txt': `hello, ${name}` }, layers }))
}
