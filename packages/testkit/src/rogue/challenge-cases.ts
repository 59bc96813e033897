/** Registries that ask for the login in the wrong way, or in somebody else's name. */
import { answer, challenge, drip, flood, redirect, vastHeader } from './behaviour.ts'
import type { RogueCase, World } from './rogue-case.ts'

const bearer = (realm: (world: World) => string) => (world: World) => `Bearer realm="${realm(world)}",service="rogue"`
const own = bearer(({ registry }) => `https://${registry}/token`)
const foreign = bearer(({ villain }) => `https://${villain}/token`)
const mib = 1024 * 1024

/** Each leads to the villain, or would if read as it hopes. */
const lookAlikes: Readonly<Record<string, (world: World) => string>> = {
  'its own name before another': ({ registry, villainPort }) =>
    `https://${nameOf(registry)}.evil.test:${villainPort}/token`,
  'its own name glued to another': ({ registry, villainPort }) =>
    `https://evil-${nameOf(registry)}:${villainPort}/token`,
  'a name below its own': ({ registry, villainPort }) => `https://login.${nameOf(registry)}:${villainPort}/token`,
  'a neighbour of the same domain': ({ villainPort }) => `https://login.rogue.test:${villainPort}/token`,
  'its own name on another port': ({ registry, villainPort }) => `https://${nameOf(registry)}:${villainPort}/token`,
  'its own name as a user': ({ registry, villain }) => `https://${registry}@${villain}/token`,
  'its own name behind a backslash': ({ registry, villain }) => `https://${villain}\\\\@${registry}/token`,
  'its own name in a fragment': ({ registry, villain }) => `https://${villain}/#@${registry}/token`,
  'its own name with a dot at the end': ({ registry }) =>
    `https://${nameOf(registry)}.:${registry.split(':')[1]}/token`,
  'its own name with another letter o': ({ registry }) => `https://${registry.replace('rogue', 'r\u00f6gue')}/token`,
  'its own name, escaped': ({ registry }) => `https://${registry.replace('.', '%2e')}/token`,
  'no host at all': ({ villain }) => `https:${villain}/token`,
}

const nameOf = (registry: string): string => registry.split(':', 1)[0] ?? ''

export const challengeCases: readonly RogueCase[] = [
  {
    name: 'foreign-realm',
    rule: 'S2',
    what: 'names a Bearer realm on another host',
    code: 'TOKEN_REALM_NOT_TRUSTED',
    beforeLogin: true,
    does: { ping: challenge(foreign) },
  },
  {
    name: 'plain-realm',
    rule: 'S2',
    what: 'names a Bearer realm over plain http',
    code: 'TOKEN_REALM_NOT_TRUSTED',
    beforeLogin: true,
    does: { ping: challenge(bearer(({ plainVillain }) => `http://${plainVillain}/token`)) },
  },
  {
    name: 'inside-realm',
    rule: 'S2',
    what: 'names a Bearer realm on the node itself',
    code: 'TOKEN_REALM_NOT_TRUSTED',
    beforeLogin: true,
    does: { ping: challenge(bearer(({ insidePort }) => `https://127.0.0.1:${insidePort}/token`)) },
  },
  ...Object.entries(lookAlikes).map(([which, realm], index): RogueCase => ({
    name: `look-alike-${index + 1}`,
    rule: 'S3',
    what: `names a realm that looks like its own: ${which}`,
    code: 'TOKEN_REALM_NOT_TRUSTED',
    beforeLogin: true,
    does: { ping: challenge(bearer(realm)) },
  })),
  {
    name: 'foreign-realm-later',
    rule: 'S2',
    what: 'shows a foreign realm only when the token of its own realm was taken',
    code: 'REGISTRY_ACCESS_DENIED',
    does: { manifest: answer(401, { 'www-authenticate': foreign }) },
  },
  {
    name: 'foreign-realm-at-manifest',
    rule: 'S2',
    what: 'lets /v2/ pass and names a foreign realm at the manifest',
    code: 'TOKEN_REALM_NOT_TRUSTED',
    beforeLogin: true,
    does: { ping: answer(200, {}, '{}'), manifest: challenge(foreign) },
  },
  {
    name: 'basic-after-bearer',
    rule: 'S2',
    what: 'asks for Basic when a token was given: the password is not sent to it',
    code: 'REGISTRY_ACCESS_DENIED',
    does: { manifest: answer(401, { 'www-authenticate': 'Basic realm="rogue"' }) },
  },
  {
    name: 'bearer-after-basic',
    rule: 'S2',
    what: 'asks for Basic, and then in the name of a foreign realm',
    code: 'REGISTRY_ACCESS_DENIED',
    challenge: 'basic',
    does: { manifest: answer(401, { 'www-authenticate': foreign }) },
  },
  {
    name: 'basic-beside-foreign',
    rule: 'S2',
    what: 'offers a foreign realm and Basic: the password goes to the registry alone',
    code: null,
    challenge: 'basic',
    does: { ping: challenge(foreign, 'Basic realm="rogue"') },
  },
  {
    name: 'several-challenges',
    rule: 'S9',
    what: 'offers several challenges, one of them its own realm',
    code: null,
    does: { ping: challenge('Negotiate', foreign, 'Digest realm="x", nonce="y"', own) },
  },
  {
    name: 'several-in-one',
    rule: 'S9',
    what: 'offers several challenges in one header',
    code: null,
    does: { ping: challenge((world) => `Negotiate, ${foreign(world)}, Digest realm="x, Basic", ${own(world)}`) },
  },
  {
    name: 'two-realms-in-one',
    rule: 'S9',
    what: 'names two realms in one challenge',
    code: 'CHALLENGE_MALFORMED',
    beforeLogin: true,
    does: { ping: challenge((world) => `${own(world)},realm="https://${world.villain}/token"`) },
  },
  {
    name: 'one-of-several-malformed',
    rule: 'S9',
    what: 'offers a good challenge beside one that cannot be read',
    code: 'CHALLENGE_MALFORMED',
    beforeLogin: true,
    does: { ping: challenge(own, 'Basic realm="never closed') },
  },
  {
    name: 'other-scheme',
    rule: 'S9',
    what: 'asks for a login of another kind',
    code: 'CHALLENGE_UNSUPPORTED',
    beforeLogin: true,
    does: { ping: challenge('Digest realm="x"', 'NTLM') },
  },
  {
    name: 'no-challenge',
    rule: 'S9',
    what: 'says 401 and asks for nothing',
    code: 'REGISTRY_PROTOCOL',
    beforeLogin: true,
    does: { ping: answer(401) },
  },
  {
    name: 'long-challenge',
    rule: 'S9',
    what: 'sends a challenge of 40 KiB',
    code: 'CHALLENGE_MALFORMED',
    beforeLogin: true,
    does: { ping: challenge((world) => `${own(world)},x="${'a'.repeat(40 * 1024)}"`) },
  },
  {
    name: 'vast-challenge',
    rule: 'S9',
    what: 'sends a challenge of 64 MiB',
    code: 'REGISTRY_PROTOCOL',
    beforeLogin: true,
    does: { ping: vastHeader(401, 'www-authenticate: Bearer realm="', 64 * mib) },
  },
  {
    name: 'vast-refusal',
    rule: 'S9',
    what: 'sends 64 MiB with its challenge, and another 64 MiB when the token came',
    code: 'REGISTRY_ACCESS_DENIED',
    does: {
      ping: ({ isAuthorized, world, ...exchange }) =>
        flood(401, 64 * mib, { 'www-authenticate': own(world) })({ ...exchange, isAuthorized, world }),
      manifest: flood(403, 64 * mib),
    },
  },
  {
    name: 'endless-refusal',
    rule: 'S9',
    what: 'sends its challenge with a body that never ends',
    code: null,
    does: { ping: (exchange) => drip(401, { 'www-authenticate': own(exchange.world) })(exchange) },
  },
  ...[301, 302, 303, 307, 308].map((status): RogueCase => ({
    name: `ping-redirect-${status}`,
    rule: 'S15',
    what: `redirects /v2/ to another host (${status})`,
    code: 'REGISTRY_REDIRECT_REFUSED',
    beforeLogin: true,
    does: { ping: redirect(({ villain }) => `https://${villain}/v2/`, status) },
  })),
  {
    name: 'login-redirect',
    rule: 'S15',
    what: 'asks for Basic, and redirects who has a password',
    code: 'REGISTRY_REDIRECT_REFUSED',
    challenge: 'basic',
    does: {
      ping: (exchange) =>
        exchange.isAuthorized ? redirect(({ villain }) => `https://${villain}/v2/`)(exchange) : exchange.honest(),
    },
  },
]
