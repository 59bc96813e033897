/** Docker Hub: its realm has a separate host, pulls are counted and reported in headers, and what may not be seen looks missing. */
import { bearer, errorBody, manifestUnknown, type Product, type Realm } from './product.ts'

export interface DockerHub extends Product {
  /** From now on this many pulls are left. */
  readonly allow: (pulls: number) => void
  /** How many manifests were pulled; a HEAD does not count. */
  readonly pulls: () => number
}

const window = 21_600

export function dockerHub(): DockerHub {
  let pulls = 0
  let left = 100
  const realm: Realm = {
    host: 'auth.docker.io',
    path: '/token',
    answer(caller, _, issue) {
      if (caller === 'unknown' || caller === 'expired') {
        return { status: 401, body: { details: 'incorrect username or password' } }
      }
      const token = issue()
      return {
        status: 200,
        body: { token, access_token: token, expires_in: 300, issued_at: new Date().toISOString() },
      }
    },
  }
  /** For a private repository that is not theirs, and for a missing one. */
  const unseen = {
    status: 401,
    headers: bearer(realm, 'registry.docker.io', ',scope="repository:example/app:pull",error="insufficient_scope"'),
    body: errorBody('UNAUTHORIZED', 'authentication required'),
  }
  return {
    name: 'docker-hub',
    documents: [
      'https://docs.docker.com/docker-hub/usage/pulls/',
      'https://distribution.github.io/distribution/spec/auth/token/',
      // The hosts that layers come from.
      'https://docs.docker.com/desktop/setup/allow-list/',
    ],
    registry: 'docker.io',
    contact: 'registry-1.docker.io',
    repository: 'example/app',
    logins: {
      reader: { username: 'example-pull', password: 'dckr_pat_canary-Xw3rTn0eAq' },
      outsider: { username: 'somebody', password: 'dckr_pat_canary-Other91Kd' },
    },
    realm,
    needsPair: false,
    refuse: () => ({
      status: 401,
      headers: bearer(realm, 'registry.docker.io'),
      body: errorBody('UNAUTHORIZED', 'authentication required'),
    }),
    deny: () => unseen,
    missing: (what) => (what === 'tag' ? manifestUnknown : unseen),
    store: {
      host: 'production.cloudflare.docker.com',
      status: 307,
      linkTo: (digest) =>
        `/registry-v2/docker/registry/v2/blobs/sha256/${digest.slice(7, 9)}/${digest.slice(7)}/data?expires=1767225600`,
      signature: 'signature',
    },
    meter: {
      count(method) {
        if (method !== 'GET') return null
        if (left <= 0) {
          const message = 'You have reached your pull rate limit. https://www.docker.com/increase-rate-limit'
          return { status: 429, body: errorBody('TOOMANYREQUESTS', message) }
        }
        pulls += 1
        left -= 1
        return null
      },
      headers: () => ({
        'ratelimit-limit': `100;w=${window}`,
        'ratelimit-remaining': `${left};w=${window}`,
        'docker-ratelimit-source': '192.0.2.10',
      }),
    },
    allow: (count) => {
      left = count
    },
    pulls: () => pulls,
  }
}
