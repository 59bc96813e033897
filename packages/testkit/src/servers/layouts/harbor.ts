/** Harbor: naming an image gets a token, even with a wrong password; it then grants nothing. The realm only refuses a login for no image. */
import { bearer, errorBody, manifestUnknown, type Product, type Realm } from './product.ts'

const realm: Realm = {
  host: 'harbor.example.com',
  path: '/service/token',
  answer(caller, scope, issue) {
    if (caller !== 'reader' && caller !== 'outsider' && scope === null) {
      return { status: 401, body: errorBody('UNAUTHORIZED', 'Unauthorized') }
    }
    const token = issue()
    return {
      status: 200,
      body: { token, access_token: '', expires_in: 1800, issued_at: new Date().toISOString() },
    }
  },
}

export const harbor: Product = {
  name: 'harbor',
  documents: [
    'https://goharbor.io/docs/main/working-with-projects/project-configuration/create-robot-accounts/',
    'https://github.com/goharbor/harbor/blob/main/src/core/service/token/creator.go',
    'https://github.com/goharbor/harbor/blob/main/src/server/middleware/v2auth/auth.go',
  ],
  registry: 'harbor.example.com',
  contact: 'harbor.example.com',
  repository: 'ml/team/app',
  logins: {
    reader: { username: 'robot$ml+ray-pull', password: 'canary-Harbor7Qs81xTyB' },
    outsider: { username: 'robot$other+pull', password: 'canary-HarborOther30Vc' },
  },
  realm,
  needsPair: false,
  refuse: (caller) => ({
    status: 401,
    // Any Authorization header, valid or not, gets a different challenge.
    headers: caller === 'nobody' ? bearer(realm, 'harbor-registry') : { 'www-authenticate': 'Basic realm="harbor"' },
    body: errorBody('UNAUTHORIZED', 'unauthorized to access repository: ml/team/app, action: pull'),
  }),
  deny: () => harbor.refuse('outsider', false),
  missing: (what) =>
    what === 'tag' ? manifestUnknown : { status: 404, body: errorBody('NOT_FOUND', 'repository not found') },
  store: null,
}
