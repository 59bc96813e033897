/** How the policy in force looks on a terminal. */
import type { PolicySetting } from '@fairlead/agent'
import { expect, test } from 'vitest'
import { policyText } from './policy-text.ts'

const plain = (text: string) => text
const paint = { bold: plain, dim: plain, red: plain, green: plain, yellow: plain, cyan: plain }
const fromFile = (name: string, value: unknown): PolicySetting => ({ name, value, from: 'file' })
const byDefault = (name: string, value: unknown): PolicySetting => ({ name, value, from: 'default' })

test('prints one entry a line, in words, and marks defaults', () => {
  const settings = [
    fromFile('trusted_realms', [{ registry: 'a.example', realm: 'https://b.example/token' }]),
    fromFile('registry_ca', { 'a.example': '/etc/a.pem', 'b.example:5000': '/etc/b.pem' }),
    byDefault('secret_manager_ca', null),
    fromFile('allowed_secrets', [
      { reference: 'team/login', registries: ['a.example', 'c.example'] },
      { reference: 'x' },
    ]),
    byDefault('allowed_registries', null),
    byDefault('loopback_registries', []),
    fromFile('share_logs', false),
    byDefault('max_image_bytes', 200_000_000_000),
    fromFile('containers.mounts', [{ source: '/data', target: '/d', read_only: true }]),
  ]
  expect(policyText(settings, paint)).toBe(`\
  trusted_realms       a.example may use the realm https://b.example/token
  registry_ca          a.example: /etc/a.pem
                       b.example:5000: /etc/b.pem
  secret_manager_ca    the system's authorities (default)
  allowed_secrets      team/login for a.example, c.example
                       x for any registry
  allowed_registries   all (default)
  loopback_registries  none (default)
  share_logs           no
  max_image_bytes      200 GB (default)
  containers.mounts    /data at /d, read only
`)
})

test('escapes what moves the cursor (S25)', () => {
  expect(policyText([fromFile('registry_ca', { 'a\u001b[2J': '/x' })], paint)).not.toContain('\u001b')
})

test('prints every setting of the policy in words, with no JSON left', async () => {
  const { runDoctor } = await import('@fairlead/agent')
  const report = await runDoctor(
    {
      image: null,
      secret: null,
      provider: null,
      policyFile: null,
      secretsDir: '/nowhere/secrets',
      dockerSocket: '/nowhere/docker.sock',
      stateDir: '/nowhere/state',
      dockerConfig: '/nowhere/docker.json',
      onSteps: () => {},
    },
    new AbortController().signal,
  )
  expect(report.policy?.length).toBeGreaterThan(15)
  expect(policyText(report.policy ?? [], paint)).not.toMatch(/["{[\]}]|null|undefined/)
})
