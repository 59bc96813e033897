/** Registries that redirect a blob: to forbidden places, and to allowed ones, but without the login. */
import { answer, drip, elsewhere, redirect } from './behaviour.ts'
import type { RogueCase, World } from './rogue-case.ts'

type Place = readonly [what: string, location: (world: World) => string, code: string]

const refused = 'REGISTRY_ADDRESS_REFUSED'
const noUrl = 'REGISTRY_REDIRECT_REFUSED'
const at =
  (host: string) =>
  ({ insidePort }: World) =>
    `https://${host}:${insidePort}/blob`
const place =
  (code: string) =>
  (host: string): Place => [host, at(host), code]

/** Addresses as usually written. */
const addresses = [
  '127.0.0.1 127.0.0.2 0.0.0.0 localhost [::1] [::] [::7f00:1] [64:ff9b::7f00:1] [2002:7f00:1::] 169.254.169.254 169.254.170.2',
  '[::a9fe:a9fe] [64:ff9b::a9fe:a9fe] [64:ff9b:1::a9fe:a9fe] [2002:a9fe:a9fe::] [fe80::1] [fd00:ec2::254] 100.100.100.200',
  '168.63.129.16 192.0.0.192 224.0.0.1 255.255.255.255 loopback.evil.test half-loopback.evil.test metadata.evil.test',
].flatMap((line) => line.split(' ').map(place(refused)))

/** Spellings that should not be used, although resolvers read them: they name no valid place. */
const spellings = [
  '127.1 0177.0.0.1 2130706433 0x7f000001 0x7f.1 0 [0:0:0:0:0:0:0:1] [::ffff:127.0.0.1] [::ffff:7f00:1] 169.254.43518 2852039166',
  '0xa9fea9fe 0xa9.0xfe.0xa9.0xfe 0251.0376.0251.0376 [::ffff:169.254.169.254] [::ffff:a9fe:a9fe] [64:ff9b::169.254.169.254]',
  '[fe80::1%25eth0] metadata.evil.test. \u00b9\u00b2\u00b7.0.0.1',
].flatMap((line) => line.split(' ').map(place(noUrl)))

const noPlaces: readonly Place[] = [
  ['another host, over plain http', ({ plainVillain }) => `http://${plainVillain}/blob`, noUrl],
  ['itself, over plain http', ({ registry }) => `http://${registry}/blob`, noUrl],
  ['link-local over plain http', () => 'http://169.254.169.254/latest/meta-data/', noUrl],
  ['a file', () => 'file:///etc/passwd', noUrl],
  ['a host without a scheme', ({ villain }) => `//${villain}/blob`, noUrl],
  ['a host behind backslashes', ({ villain }) => `/\\${villain}/blob`, noUrl],
  ['a host with a user', ({ villain }) => `https://robot:x@${villain}/blob`, noUrl],
  ['nowhere', () => '', noUrl],
]

const refusals = [...addresses, ...spellings, ...noPlaces].map(([what, location, code], index): RogueCase => ({
  name: `blob-redirect-${index + 1}`,
  rule: 'S15',
  what: `redirects a blob to ${what}`,
  code,
  does: { config: redirect(location) },
}))

const resolved = (name: string, what: string, ...resolvesTo: readonly (readonly string[])[]): RogueCase => ({
  name,
  rule: 'S15',
  what,
  code: refused,
  beforeLogin: true,
  resolvesTo,
})

export const addressCases: readonly RogueCase[] = [
  resolved('resolves-inside', 'has a name that resolves to link-local', ['169.254.169.254']),
  resolved('resolves-loopback', 'has a name that resolves to the node itself', ['127.0.0.1']),
  resolved('resolves-to-both', 'has a name that resolves to itself and to the node', ['itself', '127.0.0.1']),
  {
    ...resolved(
      'resolves-later',
      'has a name that resolves to link-local the second time',
      ['itself'],
      ['169.254.169.254'],
    ),
    does: {
      ping: ({ response, honest }) => {
        response.setHeader('connection', 'close')
        honest()
      },
    },
  },
]

export const redirectCases: readonly RogueCase[] = [
  ...refusals,
  {
    name: 'blob-elsewhere',
    rule: 'S15',
    what: 'redirects a blob to another host, which has it: the login stays behind',
    code: null,
    visitsVillain: true,
    does: { config: elsewhere('/copy') },
  },
  {
    name: 'blob-elsewhere-basic',
    rule: 'S15',
    what: 'takes the password itself, and redirects a blob to another host',
    code: null,
    challenge: 'basic',
    visitsVillain: true,
    does: { config: elsewhere('/copy', 302) },
  },
  {
    name: 'blob-elsewhere-asks',
    rule: 'S2',
    what: 'redirects a blob to a host that asks for a password',
    code: 'REGISTRY_UNAVAILABLE',
    visitsVillain: true,
    does: { config: elsewhere('/asks') },
  },
  {
    name: 'blob-elsewhere-inside',
    rule: 'S15',
    what: 'redirects a blob to a host that redirects to link-local',
    code: refused,
    visitsVillain: true,
    does: { config: elsewhere('/inside') },
  },
  {
    name: 'blob-redirect-loop',
    rule: 'S15',
    what: 'redirects a blob in a circle',
    code: noUrl,
    visitsVillain: true,
    does: { config: elsewhere('/circle') },
  },
  {
    name: 'blob-elsewhere-corrupt',
    rule: 'S17',
    what: 'redirects a blob to a host that has another',
    code: 'IMAGE_CORRUPT',
    visitsVillain: true,
    does: { config: elsewhere('/other') },
  },
  {
    name: 'blob-elsewhere-lost',
    rule: 'S17',
    what: 'redirects a blob to a host that does not have it',
    code: 'IMAGE_INCOMPLETE',
    visitsVillain: true,
    does: { config: elsewhere('/nothing') },
  },
  {
    name: 'blob-redirect-drip',
    rule: 'S9',
    what: 'redirects a blob in an answer that never ends',
    code: null,
    visitsVillain: true,
    does: {
      config: (exchange) =>
        drip(307, { location: `https://${exchange.world.villain}/copy${exchange.request.url}` })(exchange),
    },
  },
  {
    name: 'blob-redirect-login',
    rule: 'S15',
    what: 'redirects to a login page of its own',
    code: 'REGISTRY_ACCESS_DENIED',
    does: {
      config: redirect('/login'),
      ping: (exchange) => (exchange.request.url === '/login' ? answer(403)(exchange) : exchange.honest()),
    },
  },
]
