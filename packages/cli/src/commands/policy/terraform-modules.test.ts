/** The Terraform modules in deploy/ create and allow no more than `fairlead policy` prints. Terraform itself is not here. */
import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'

const moduleFor = (cloud: string) =>
  readFileSync(new URL(`../../../../../deploy/terraform/${cloud}/main.tf`, import.meta.url), 'utf8')
const resources = (text: string) =>
  [...text.matchAll(/^(?:resource|data) "(\w+)"/gm)].map(([, type = '']) => type).toSorted()
const strings = (text: string, pattern: RegExp) => [...new Set([...text.matchAll(pattern)].map(([, found]) => found))]

test('the module for AWS has no value of a secret, and no right but to read and decrypt these', () => {
  const text = moduleFor('aws')
  expect(resources(text)).toEqual([
    'aws_iam_instance_profile',
    'aws_iam_role',
    'aws_iam_role_policy',
    'aws_partition',
    'aws_region',
    'aws_secretsmanager_secret',
  ])
  expect(strings(text, /Action +=\s*"([^"]+)"/g)).toEqual([
    'sts:AssumeRole',
    'secretsmanager:GetSecretValue',
    'kms:Decrypt',
  ])
  expect(text).not.toMatch(/"\*"|secret_string|secret_binary/)
})

test('the module for Google Cloud has no version of a secret, and no right on a project', () => {
  const text = moduleFor('gcp')
  expect(resources(text)).toEqual([
    'google_secret_manager_secret',
    'google_secret_manager_secret_iam_member',
    'google_service_account',
  ])
  expect(strings(text, /"(roles\/[^"]+)"/g)).toEqual(['roles/secretmanager.secretAccessor'])
  expect(text).not.toContain('secret_data')
})

test.each(['aws', 'gcp'])('the module for %s says how to enter the login', (cloud) => {
  expect(moduleFor(cloud)).toMatch(/fairlead secret document --username USERNAME --server REGISTRY_HOST \| /)
})
