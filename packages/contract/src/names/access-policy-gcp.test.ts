/** The minimal rights on Google Cloud: one binding per secret, none on a project. */
import { expect, test } from 'vitest'
import { gcloudCommand, gcpAccessPolicy, gcpSecretPlace } from './access-policy-gcp.ts'
import { AccessPolicy } from './access-policy.ts'

const account = 'cld-1@my-project.iam.gserviceaccount.com'

test.each([
  ['login', { project: 'my-project', location: null, secret: 'login' }],
  ['projects/other/secrets/login/versions/3', { project: 'other', location: null, secret: 'login' }],
  ['/projects/42/secrets/secrets/versions/latest', { project: '42', location: null, secret: 'secrets' }],
  [
    '/projects/other/locations/europe-west3/secrets/login/versions/1',
    { project: 'other', location: 'europe-west3', secret: 'login' },
  ],
])('%s', (text, place) => {
  expect(gcpSecretPlace(text, 'my-project')).toEqual(place)
})

test('versions of one secret share a binding, and a binding is one command', () => {
  const texts = [
    'login',
    'projects/my-project/secrets/login/versions/3',
    '/projects/p/locations/l/secrets/s/versions/1',
  ]
  const policy = gcpAccessPolicy(
    account,
    texts.map((text) => gcpSecretPlace(text, 'my-project')),
  )
  expect(AccessPolicy.parse(policy)).toEqual(policy)
  expect(policy.bindings.map(gcloudCommand)).toEqual([
    `gcloud secrets add-iam-policy-binding login --project=my-project --member=serviceAccount:${account} --role=roles/secretmanager.secretAccessor`,
    `gcloud secrets add-iam-policy-binding s --project=p --location=l --member=serviceAccount:${account} --role=roles/secretmanager.secretAccessor`,
  ])
})
