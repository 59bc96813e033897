/** The bugs that would hurt most, each with the one test that must notice it. The first five are promised; tests run against each. */
import type { SeededBug } from './seeded-bug.ts'

const agent = 'packages/agent/src'
const contract = 'packages/contract/src'

export const seededBugs: readonly SeededBug[] = [
  {
    name: 'trust any realm',
    rule: 'S2',
    file: `${agent}/registry/realm-policy.ts`,
    replace: "return trusted ? 'trusted' : 'not-trusted'",
    by: "return 'trusted'",
    testFile: `${agent}/registry/registry-client.test.ts`,
    test: 'S2: a hostile registry > a foreign realm gets nothing, not even a question',
  },
  {
    name: 'match the server by suffix',
    rule: 'S3',
    file: `${contract}/server-match.ts`,
    replace: 'parsed.registry.key === parseRegistryHost(image.domain)?.key',
    by: 'parseRegistryHost(image.domain)?.key.endsWith(parsed.registry.key) === true',
    testFile: `${agent}/login/bind-to.test.ts`,
    test: 'S4: only bindTo makes a bound login > vector: docker.io for myhostdocker.io/foo/bar',
  },
  {
    name: 'follow redirects with the header',
    rule: 'S2',
    file: `${agent}/registry/transport.ts`,
    replace: 'return await judged(answer, context)',
    by: `const location = answer.headers['location']
      if (typeof location !== 'string') return await judged(answer, context)
      const { origin, pathname, search } = new URL(location, originOf(place))
      const headers = requestHeaders(request.headers ?? {}, authorization?.header ?? null)
      const followed = { origin, path: pathname + search, method: request.method, headers, signal }
      return await judged(await new Agent().request(followed), context)`,
    testFile: `${agent}/registry/registry-client.test.ts`,
    test: 'S2: a hostile registry > a 307 of /v2/, of the manifest or of the realm is not followed',
  },
  {
    name: 'log the login',
    rule: 'S5',
    file: `${agent}/registry/authorization.ts`,
    replace: 'password.spend((secret) => new Redacted(',
    by: 'password.spend((secret) => (console.error(`logging in as ${user}:${secret}`), 0) || new Redacted(',
    testFile: `${agent}/registry/silence.test.ts`,
    test: 'S5: a login on its way > Basic: is written nowhere',
  },
  {
    name: 'skip the server check',
    rule: 'S24',
    file: `${agent}/login/bind-to.ts`,
    replace: "    if (!match) throw problem('CREDENTIAL_SERVER_MISMATCH', { registry: registry.key })\n",
    by: '',
    testFile: `${agent}/pull/node-image-puller.test.ts`,
    test: 'the login > for another registry stops the pull before the registry is asked (S24)',
  },
  {
    name: 'accept a realm over plain http',
    rule: 'S2',
    file: `${agent}/registry/realm-policy.ts`,
    replace: ': isOwnLoopback(registry, url, listed)',
    by: ': listed || url.host === registry.host',
    testFile: `${agent}/registry/authorization.test.ts`,
    test: 'Basic for a realm > at http://registry.example.com/token: TOKEN_REALM_NOT_TRUSTED',
  },
  {
    name: 'take a token that is no b64token',
    rule: 'S9',
    file: `${agent}/registry/token.ts`,
    replace: '.max(tokenLimit).regex(b64token)',
    by: '.max(tokenLimit)',
    testFile: `${agent}/registry/registry-client.test.ts`,
    test: 'a refusal has its own code > S9: a token answer with a token with a line break',
  },
  {
    name: 'skip the digest of a blob',
    rule: 'S12',
    file: `${agent}/gateway/verified-blob.ts`,
    replace:
      "        if (offset === blob.size && `sha256:${hash.digest('hex')}` !== blob.digest) throw corrupt(ticket)\n",
    by: '',
    testFile: `${agent}/gateway/verified-blob.test.ts`,
    test: 'a verified blob > other bytes of the same length are refused before the last of them comes out',
  },
  {
    name: 'serve the gateway to any path',
    rule: 'S12',
    file: `${agent}/gateway/open-gateway.ts`,
    replace: "route.kind === 'nothing' || route.path !== this.#path",
    by: "route.kind === 'nothing'",
    testFile: `${agent}/gateway/open-gateway.test.ts`,
    test: 'the gateway of one pull > another path is a 404 with a body that Docker can read',
  },
  {
    name: 'serve any digest through the gateway',
    rule: 'S12',
    file: `${agent}/gateway/open-gateway.ts`,
    replace: 'const blob = this.#blobs.get(route.digest)\n',
    by: 'const blob = this.#blobs.get(route.digest) ?? { ...this.#ticket.config, digest: route.digest }\n',
    testFile: `${agent}/gateway/open-gateway.test.ts`,
    test: 'the gateway of one pull > another digest is a 404 with a body that Docker can read',
  },
  {
    name: 'grant a prefix without its slash',
    rule: 'S13',
    file: `${contract}/grant.ts`,
    replace: 'return canonicalText(provider, granted, context) === wanted',
    by: "return wanted.startsWith(canonicalText(provider, granted, context) ?? '\\n')",
    testFile: `${contract}/grant.test.ts`,
    test: 'on AWS > "prod/registry" does not cover prod/registry2',
  },
  {
    name: 'print the value of a Redacted',
    rule: 'S5',
    file: `${agent}/login/redacted.ts`,
    replace: "toJSON(): string {\n    return '[redacted]'",
    by: 'toJSON(): string {\n    return String(this.#value)',
    testFile: `${agent}/login/login-document.test.ts`,
    test: 'what a refusal tells > S5: a login prints as redacted in every form',
  },
  {
    name: 'connect to the metadata service',
    rule: 'S15',
    file: `${agent}/registry/address.ts`,
    replace: "  ['169.254.0.0', 16],",
    by: '  ',
    testFile: `${agent}/registry/guarded-connect.test.ts`,
    test: 'S15: a socket connects > not where one of several addresses is refused',
  },
  {
    name: 'take any certificate',
    rule: 'S2',
    file: `${agent}/registry/guarded-connect.ts`,
    replace: 'rejectUnauthorized: true',
    by: 'rejectUnauthorized: false',
    testFile: `${agent}/registry/tls-proof.test.ts`,
    test: 'S2: a registry over TLS > with a certificate of an authority that nobody named gets nothing',
  },
]
