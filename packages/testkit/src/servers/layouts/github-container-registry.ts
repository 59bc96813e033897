/** GitHub's container registry: its realm is on its own host, and answers 403 both to a wrong token and to one that may not pull. */
import { bearer, errorBody, manifestUnknown, nameUnknown, type Product, type Realm } from './product.ts'

const realm: Realm = {
  host: 'ghcr.io',
  path: '/token',
  answer(caller, scope, issue) {
    if (caller === 'unknown' || caller === 'expired') return { status: 403, body: errorBody('DENIED', 'denied') }
    if (caller === 'outsider' && scope !== null) {
      return { status: 403, body: errorBody('DENIED', 'requested access to the resource is denied') }
    }
    return { status: 200, body: { token: issue() } }
  },
}

export const githubContainerRegistry: Product = {
  name: 'ghcr',
  documents: [
    'https://docs.github.com/en/packages/working-with-a-github-packages-registry/working-with-the-container-registry',
    // "denied: denied" for a wrong token.
    'https://github.com/docker/login-action/issues/26',
    // The host that layers come from.
    'https://docs.github.com/en/actions/reference/runners/self-hosted-runners',
  ],
  registry: 'ghcr.io',
  contact: 'ghcr.io',
  repository: 'example/app',
  logins: {
    reader: { username: 'example-bot', password: 'ghp_canary-T6vYc81LmZq0' },
    outsider: { username: 'somebody', password: 'ghp_canary-Other18PqWx' },
  },
  realm,
  needsPair: false,
  refuse: () => ({
    status: 401,
    headers: bearer(realm, 'ghcr.io', ',scope="repository:user/image:pull"'),
    body: errorBody('UNAUTHORIZED', 'authentication required'),
  }),
  deny: () => ({ status: 403, body: errorBody('DENIED', 'requested access to the resource is denied') }),
  missing: (what) => (what === 'tag' ? manifestUnknown : nameUnknown),
  store: {
    host: 'pkg-containers.githubusercontent.com',
    status: 307,
    linkTo: (digest) => `/ghcr1/blobs/${digest}?se=2026-01-01T00%3A10%3A00Z&sp=r&spr=https&sr=b&sv=2019-12-12`,
    signature: 'sig',
  },
}
