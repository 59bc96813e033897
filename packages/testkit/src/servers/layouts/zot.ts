/** zot with one public repository: `/v2/` lets all clients in but still names Basic; a private repository then requires it. */
import { errorBody, manifestUnknown, nameUnknown, type Product } from './product.ts'

const challenge = { 'www-authenticate': 'basic realm="zot.example.com"' }

export const zot: Product = {
  name: 'zot',
  documents: ['https://zotregistry.dev/latest/articles/authn-authz/'],
  registry: 'zot.example.com',
  contact: 'zot.example.com',
  repository: 'team/app',
  logins: {
    reader: { username: 'ray-pull', password: 'canary-Zot57PvKs1MqR' },
    outsider: { username: 'somebody', password: 'canary-ZotOther90Hj' },
  },
  realm: null,
  needsPair: false,
  refuse: (caller, isPing) =>
    caller === 'nobody' && isPing
      ? { status: 200, headers: challenge, body: {} }
      : { status: 401, headers: challenge, body: errorBody('UNAUTHORIZED', 'authentication required') },
  deny: () => ({ status: 403, body: errorBody('DENIED', 'requested access to the resource is denied') }),
  missing: (what) => (what === 'tag' ? manifestUnknown : nameUnknown),
  store: null,
}
