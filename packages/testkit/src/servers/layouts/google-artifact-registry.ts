/** Google Artifact Registry: the password of the user `_json_key` is a service account's key file verbatim, in several lines. */
import { bearer, errorBody, manifestUnknown, nameUnknown, type Product, type Realm } from './product.ts'

const host = 'europe-docker.pkg.dev'
const denied = errorBody('DENIED', 'Permission "artifactregistry.repositories.downloadArtifacts" denied')

const realm: Realm = {
  host,
  path: '/v2/token',
  answer(caller, scope, issue) {
    if (caller === 'unknown' || caller === 'expired') {
      return { status: 401, body: errorBody('UNAUTHORIZED', 'authentication failed') }
    }
    if (caller === 'outsider' && scope !== null) return { status: 403, body: denied }
    return { status: 200, body: { token: issue(), expires_in: 3600 } }
  },
}

const keyOf = (name: string, id: string): string =>
  `${JSON.stringify({ type: 'service_account', private_key_id: `canary-${id}`, client_email: `${name}@example.iam.gserviceaccount.com` }, null, 2)}\n`

export const googleArtifactRegistry: Product = {
  name: 'google-artifact-registry',
  documents: ['https://cloud.google.com/artifact-registry/docs/docker/authentication#json-key'],
  registry: host,
  contact: host,
  repository: 'example-project/team/app',
  logins: {
    reader: { username: '_json_key', password: keyOf('ray-pull', 'Gar51mVx0QzT') },
    outsider: { username: '_json_key', password: keyOf('other', 'GarOther82Lw') },
  },
  realm,
  needsPair: false,
  refuse: () => ({
    status: 401,
    headers: bearer(realm, host),
    body: errorBody('UNAUTHORIZED', 'authentication required'),
  }),
  deny: () => ({ status: 403, body: denied }),
  missing: (what) => (what === 'tag' ? manifestUnknown : nameUnknown),
  store: null,
}
