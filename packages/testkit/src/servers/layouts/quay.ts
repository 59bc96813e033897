/** Quay: a robot account logs in at the registry's own realm; a login that may not pull gets a token that grants nothing; layers come from a CDN. */
import { bearer, errorBody, manifestUnknown, type Product, type Realm } from './product.ts'

const realm: Realm = {
  host: 'quay.io',
  path: '/v2/auth',
  answer(caller, _, issue) {
    if (caller === 'unknown' || caller === 'expired') {
      return { status: 401, body: errorBody('UNAUTHORIZED', 'Invalid username or password') }
    }
    return { status: 200, body: { token: issue() } }
  },
}

const refused = errorBody('UNAUTHORIZED', 'access to the requested resource is not authorized')

export const quay: Product = {
  name: 'quay',
  documents: [
    'https://docs.quay.io/glossary/robot-accounts.html',
    'https://github.com/quay/quay/blob/master/endpoints/v2/v2auth.py',
  ],
  registry: 'quay.io',
  contact: 'quay.io',
  repository: 'example/app',
  logins: {
    reader: { username: 'example+ray_pull', password: 'canary-Quay83KqWm2ZxV' },
    outsider: { username: 'other+robot', password: 'canary-QuayOther46Rt' },
  },
  realm,
  needsPair: false,
  refuse: () => ({ status: 401, headers: bearer(realm, 'quay.io'), body: refused }),
  deny: () => ({ status: 401, headers: bearer(realm, 'quay.io'), body: refused }),
  missing: () => manifestUnknown,
  store: {
    host: 'cdn01.quay.io',
    status: 302,
    linkTo: (digest) => `/sha256/${digest.slice(7, 9)}/${digest.slice(7)}?Expires=1767225600&Key-Pair-Id=KEXAMPLE`,
    signature: 'Signature',
  },
}
