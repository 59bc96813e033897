/** A policy as Terraform text: what an admin pastes must mean the same. */
import { awsAccessPolicy, awsSecretPlace, gcpAccessPolicy, gcpSecretPlace } from '@fairlead/contract/names'
import { expect, test } from 'vitest'
import { terraformText } from './terraform-text.ts'

const nodes = { region: 'eu-central-1', accountId: '123456789012', role: 'ml/nodes' }
const places = (ids: string[]) => ids.map((id) => awsSecretPlace(id, nodes)).filter((place) => place !== null)

test('AWS: a policy of the role, with what another account must add', () => {
  const foreign = 'arn:aws:secretsmanager:us-east-1:999999999999:secret:far/registry-AbCdEf'
  const policy = awsAccessPolicy(nodes, places(['team/login', foreign]), { customerKeys: false })
  const text = terraformText({ policy, exists: true })
  const documents = [...text.matchAll(/jsonencode\((.*?)\)\n/gs)].map(([, json = '']) => JSON.parse(json) as unknown)
  expect(documents).toEqual([policy.identity_policy, policy.secret_policies[0]?.policy, policy.key_policies[0]?.policy])
  expect(text.replaceAll(/jsonencode\(.*?\)\n/gs, '…\n')).toMatchInlineSnapshot(`
    "resource "aws_iam_role_policy" "fairlead_registry_logins" {
      name   = "fairlead-registry-logins"
      role   = "nodes"
      policy = …
    }

    # Of account 999999999999: apply it with a provider of that account.
    resource "aws_secretsmanager_secret_policy" "fairlead_1" {
      secret_arn = "arn:aws:secretsmanager:us-east-1:999999999999:secret:far/registry-AbCdEf"
      policy     = …
    }

    # For the policy of the key that arn:aws:secretsmanager:us-east-1:999999999999:secret:far/registry-AbCdEf is encrypted with: merge it into what is there (source_policy_documents).
    locals {
      fairlead_key_policy_1 = …
    }
    "
  `)
})

test('Google Cloud: a member of each secret', () => {
  const account = 'n@my-project.iam.gserviceaccount.com'
  const texts = ['login', 'projects/p/locations/europe-west3/secrets/s/versions/1']
  const policy = gcpAccessPolicy(
    account,
    texts.map((text) => gcpSecretPlace(text, 'my-project')),
  )
  expect(terraformText({ policy, exists: true })).toMatchInlineSnapshot(`
    "resource "google_secret_manager_secret_iam_member" "fairlead_1" {
      project   = "my-project"
      secret_id = "login"
      role      = "roles/secretmanager.secretAccessor"
      member    = "serviceAccount:n@my-project.iam.gserviceaccount.com"
    }

    resource "google_secret_manager_regional_secret_iam_member" "fairlead_2" {
      project   = "p"
      location  = "europe-west3"
      secret_id = "s"
      role      = "roles/secretmanager.secretAccessor"
      member    = "serviceAccount:n@my-project.iam.gserviceaccount.com"
    }
    "
  `)
})

test('keeps a template mark in a name as part of the name', () => {
  const policy = gcpAccessPolicy('a${b}%{c}', [gcpSecretPlace('login', 'p')])
  expect(terraformText({ policy, exists: true })).toContain('"serviceAccount:a$${b}%%{c}"')
})
