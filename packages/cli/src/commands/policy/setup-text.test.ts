/** What an admin of a cloud runs or applies: all that is needed, or only the rights; never a login. */
import { awsAccessPolicy, awsSecretPlace, gcpAccessPolicy, gcpSecretPlace } from '@fairlead/contract/names'
import { describe, expect, test } from 'vitest'
import { awsText } from './aws-text.ts'
import { gcloudText } from './gcloud-text.ts'
import { terraformText } from './terraform-text.ts'

const nodes = { region: 'eu-central-1', accountId: '123456789012', role: 'ml/nodes' }
const foreign = 'arn:aws:secretsmanager:us-east-1:999999999999:secret:far/registry-AbCdEf'
const places = (ids: readonly string[], own = nodes) =>
  ids.map((id) => awsSecretPlace(id, own)).filter((one) => one !== null)
const aws = {
  policy: awsAccessPolicy(nodes, places(['team/login', foreign]), { customerKeys: false }),
}
const gcp = {
  policy: gcpAccessPolicy(
    'ray-nodes@my-project.iam.gserviceaccount.com',
    [
      'login',
      'projects/my-project/locations/europe-west3/secrets/near/versions/1',
      'projects/other/secrets/far/versions/1',
    ].map((text) => gcpSecretPlace(text, 'my-project')),
  ),
}

describe('commands for AWS', () => {
  test('make role, profile, right and secret, and say what other accounts must add', () => {
    expect(awsText({ ...aws, exists: false }).replaceAll(/'\{.*?\}'|\[\{.*\}\]/g, '…')).toMatchInlineSnapshot(`
      "# Run this once, as an admin of the account 123456789012. With --existing, only the rights are printed.
      set -eu

      # The role that the nodes run as, and the instance profile that gives it to a machine.
      aws iam create-role --role-name nodes --path /ml/ --assume-role-policy-document …
      aws iam create-instance-profile --instance-profile-name nodes --path /ml/
      aws iam add-role-to-instance-profile --instance-profile-name nodes --role-name nodes

      # The right to read exactly these secrets.
      aws iam put-role-policy --role-name nodes --policy-name fairlead-registry-logins --policy-document …

      # The secret, without a value.
      aws secretsmanager create-secret --region eu-central-1 --name team/login

      # Then, as an admin of the account 999999999999:
      # aws secretsmanager put-resource-policy --region us-east-1 --secret-id arn:aws:secretsmanager:us-east-1:999999999999:secret:far/registry-AbCdEf --resource-policy …

      # Add this to the policy of the key of arn:aws:secretsmanager:us-east-1:999999999999:secret:far/registry-AbCdEf, unless the key leaves access to IAM of the account 123456789012:
      # …

      # Then enter the login. You are asked for the password, so no history, file or state holds it:
      # fairlead secret document --username REPLACE_WITH_USERNAME --server REPLACE_WITH_REGISTRY_HOST | aws secretsmanager put-secret-value --region eu-central-1 --secret-id team/login --secret-string file:///dev/stdin
      "
    `)
  })

  test('only the rights, where the rest exists', () => {
    const text = awsText({ ...aws, exists: true })
    expect(text.match(/^aws \S+ \S+/gm)).toEqual(['aws iam put-role-policy'])
    expect(text).not.toContain('secret document')
  })

  test('a machine in China assumes its role by another name of the service', () => {
    const own = { ...nodes, region: 'cn-north-1' }
    const policy = awsAccessPolicy(own, places(['a'], own), { customerKeys: false })
    expect(awsText({ ...aws, policy, exists: false })).toContain('"Service":"ec2.amazonaws.com.cn"')
  })
})

describe('commands for Google Cloud', () => {
  test('make the account, its own secrets, and the right to each', () => {
    expect(gcloudText({ ...gcp, exists: false })).toMatchInlineSnapshot(`
      "# Run this once, as an admin of the project. With --existing, only the rights are printed.
      set -eu

      # The service account of the nodes: create their machines with it, and with the scope cloud-platform.
      gcloud iam service-accounts create ray-nodes --project=my-project

      # The secret, without a value.
      gcloud secrets create login --project=my-project --replication-policy=automatic
      gcloud secrets create near --project=my-project --location=europe-west3

      # The right to read exactly these secrets, not all of a project.
      gcloud secrets add-iam-policy-binding login --project=my-project --member=serviceAccount:ray-nodes@my-project.iam.gserviceaccount.com --role=roles/secretmanager.secretAccessor
      gcloud secrets add-iam-policy-binding near --project=my-project --location=europe-west3 --member=serviceAccount:ray-nodes@my-project.iam.gserviceaccount.com --role=roles/secretmanager.secretAccessor
      gcloud secrets add-iam-policy-binding far --project=other --member=serviceAccount:ray-nodes@my-project.iam.gserviceaccount.com --role=roles/secretmanager.secretAccessor

      # Then enter the login. You are asked for the password, so no history, file or state holds it:
      # fairlead secret document --username REPLACE_WITH_USERNAME --server REPLACE_WITH_REGISTRY_HOST | gcloud secrets versions add login --project=my-project --data-file=-
      # fairlead secret document --username REPLACE_WITH_USERNAME --server REPLACE_WITH_REGISTRY_HOST | gcloud secrets versions add near --project=my-project --location=europe-west3 --data-file=-
      "
    `)
  })

  test('only the rights, where the rest exists, or belongs to no project that we know', () => {
    expect(gcloudText({ ...gcp, exists: true }).match(/^gcloud \S+ \S+/gm)).toEqual(
      Array(3).fill('gcloud secrets add-iam-policy-binding'),
    )
    const policy = gcpAccessPolicy('123-compute@developer.gserviceaccount.com', [gcpSecretPlace('login', 'my-project')])
    expect(gcloudText({ ...gcp, policy, exists: false })).not.toContain(' create ')
  })
})

test('S7: the admin names the registry of the login, not the control plane', () => {
  for (const text of [awsText({ ...aws, exists: false }), gcloudText({ ...gcp, exists: false })]) {
    expect(text).toMatch(
      /^# fairlead secret document --username REPLACE_WITH_USERNAME --server REPLACE_WITH_REGISTRY_HOST \| /m,
    )
  }
})

test('Terraform gets the secret without a version, so that its state holds no login', () => {
  const texts = [aws, gcp].map((subject) => terraformText({ ...subject, exists: false }))
  const made = texts.map((text) => [...text.matchAll(/^resource "(\w+)"/gm)].map(([, type]) => type))
  expect(made).toEqual([
    [
      'aws_iam_role',
      'aws_iam_instance_profile',
      'aws_iam_role_policy',
      'aws_secretsmanager_secret',
      'aws_secretsmanager_secret_policy',
    ],
    [
      'google_service_account',
      'google_secret_manager_secret',
      'google_secret_manager_secret_iam_member',
      'google_secret_manager_regional_secret',
      'google_secret_manager_regional_secret_iam_member',
      'google_secret_manager_secret_iam_member',
    ],
  ])
  for (const text of texts) {
    expect(text).toContain('fairlead secret document --username REPLACE_WITH_USERNAME --server')
    expect(text).not.toMatch(/secret_version|secret_data|secret_string/)
  }
})
