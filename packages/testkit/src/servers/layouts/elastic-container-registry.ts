/** Amazon ECR, private: Basic with the user AWS and a token valid for 12 hours. An unreadable one gets a 400, an expired one a 403. */
import { errorBody, type Product } from './product.ts'

const account = '123456789012'
const host = `${account}.dkr.ecr.eu-central-1.amazonaws.com`

export const elasticContainerRegistry: Product = {
  name: 'ecr',
  documents: [
    'https://docs.aws.amazon.com/AmazonECR/latest/userguide/registry_auth.html',
    // The bucket that layers come from.
    'https://docs.aws.amazon.com/AmazonECR/latest/userguide/vpc-endpoints.html',
    // Its answer to a token from another region, and to an expired one.
    'https://github.com/aws/aws-cli/issues/5317',
    'https://github.com/flipt-io/flipt/issues/3043',
  ],
  registry: host,
  contact: host,
  repository: 'team/app',
  logins: {
    reader: { username: 'AWS', password: 'eyJwYXlsb2FkIjoi-canary-Ecr91TzQw' },
    outsider: { username: 'AWS', password: 'eyJwYXlsb2FkIjoi-canary-EcrOther4' },
    expired: { username: 'AWS', password: 'eyJwYXlsb2FkIjoi-canary-EcrOld77' },
  },
  realm: null,
  needsPair: false,
  refuse(caller) {
    if (caller === 'unknown') return { status: 400, body: 'Bad Request' }
    if (caller === 'expired') {
      const message = 'Your authorization token has expired. Reauthenticate and try again.'
      return { status: 403, body: errorBody('DENIED', message) }
    }
    return {
      status: 401,
      headers: { 'www-authenticate': `Basic realm="https://${host}/",service="ecr.amazonaws.com"` },
      body: 'Not Authorized\n',
    }
  },
  deny: () => ({
    status: 403,
    body: errorBody(
      'DENIED',
      `User: arn:aws:iam::${account}:user/other is not authorized to perform: ecr:BatchGetImage on resource: arn:aws:ecr:eu-central-1:${account}:repository/team/app because no identity-based policy allows the ecr:BatchGetImage action`,
    ),
  }),
  missing: (what) =>
    what === 'tag'
      ? { status: 404, body: errorBody('MANIFEST_UNKNOWN', 'Requested image not found') }
      : {
          status: 404,
          body: errorBody('NAME_UNKNOWN', `The repository does not exist in the registry with id '${account}'`),
        },
  store: {
    host: 'prod-eu-central-1-starport-layer-bucket.s3.eu-central-1.amazonaws.com',
    status: 307,
    linkTo: (digest) =>
      `/1a2b-${account}-layer/${digest.slice(7)}?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Date=20260101T000000Z&X-Amz-SignedHeaders=host&X-Amz-Expires=3600&X-Amz-Credential=AKIAEXAMPLE%2F20260101%2Feu-central-1%2Fs3%2Faws4_request`,
    signature: 'X-Amz-Signature',
  },
}
