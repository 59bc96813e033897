/**
 * Sonatype Nexus Repository: one port per repository, or its name as the first part of the path. Basic unless the Docker Bearer Token Realm is
 * on; either way a user without the right gets 401, like a user with a wrong password.
 */
import { bearer, errorBody, manifestUnknown, nameUnknown, type Product, type Realm } from './product.ts'

const documents = [
  'https://help.sonatype.com/en/docker-authentication.html',
  'https://help.sonatype.com/en/docker-subdomain-connector.html',
  // The two challenges.
  'https://github.com/sonatype/nexus-public/issues/921',
]
const logins = {
  reader: { username: 'ray-pull', password: 'canary-Nexus04RwTb8Zq' },
  outsider: { username: 'other-team', password: 'canary-NexusOther63Mn' },
}
const unauthorized = errorBody('UNAUTHORIZED', 'access to the requested resource is not authorized')
const basic = { 'www-authenticate': 'BASIC realm="Sonatype Nexus Repository Manager"' }

const byPort: Product = {
  name: 'nexus-port',
  documents,
  registry: 'nexus.example.com:8444',
  contact: 'nexus.example.com:8444',
  repository: 'team/app',
  logins,
  realm: null,
  needsPair: false,
  refuse: () => ({ status: 401, headers: basic, body: unauthorized }),
  deny: () => ({ status: 401, headers: basic, body: unauthorized }),
  missing: (what) => (what === 'tag' ? manifestUnknown : nameUnknown),
  store: null,
}

const realm: Realm = {
  host: 'nexus.example.com',
  path: '/v2/token',
  answer: (caller, _, issue) =>
    caller === 'reader' || caller === 'outsider'
      ? { status: 200, body: { token: issue('DockerToken.') } }
      : { status: 401, headers: { 'content-type': 'text/html' }, body: '<html><body>Unauthorized</body></html>' },
}
const tokenAsked = bearer(realm, `https://${realm.host}${realm.path}`)

const byPath: Product = {
  ...byPort,
  name: 'nexus-path',
  registry: 'nexus.example.com',
  contact: 'nexus.example.com',
  repository: 'docker-hosted/team/app',
  realm,
  refuse: () => ({ status: 401, headers: tokenAsked, body: unauthorized }),
  deny: () => ({ status: 401, headers: tokenAsked, body: unauthorized }),
}

export const nexuses: readonly Product[] = [byPort, byPath]
