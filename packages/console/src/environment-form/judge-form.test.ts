import { isProblem } from '@fairlead/contract/problems'
import { checkEnvironmentConfig } from '@fairlead/contract/wire'
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { emptyConfig, envVarRows, type ConfigForm } from './form.ts'
import { judgeForm, judgeName, warningsOf } from './judge-form.ts'

const aws = { provider: 'aws', context: { region: 'eu-west-1', accountId: '123456789012' } } as const
const sound: ConfigForm = { dockerImage: 'registry.example.com/a:1', rayVersion: '2.9.0', envVars: [], secret: '' }

describe('judges a form field by field', () => {
  test('an empty one lacks image and Ray, and nothing else', () => {
    const judged = judgeForm(emptyConfig, aws)
    expect([judged.image.isMissing, judged.ray.isMissing, judged.secret.isMissing]).toEqual([true, true, false])
    expect(judged.secret.problem).toBeNull()
    expect(judged.config).toBeNull()
  })

  test('warns about an image while the version of Ray is missing', () => {
    const judged = judgeForm({ ...emptyConfig, dockerImage: 'my-registry/my-image:tag' }, aws)
    expect(judged.image.warnings.map(({ code }) => code)).toEqual(['IMAGE_WITHOUT_HOST'])
    expect(judged.ray.problem).not.toBeNull()
  })

  test('rejects a pasted secret, and repeats it in no message', () => {
    const judged = judgeForm({ ...sound, secret: 'ghp_hunter2hunter2hunter2hunter2' }, aws)
    expect(judged.secret.problem?.code).toBe('REFERENCE_LOOKS_LIKE_A_SECRET')
    expect(judged.config).toBeNull()
    expect(JSON.stringify(judged)).not.toContain('hunter2')
  })

  test('reports a repeated variable name where it occurs the second time', () => {
    const rows = envVarRows([
      ['A', '1'],
      ['B', '2'],
      ['A', '3'],
    ])
    const { envVars, config } = judgeForm({ ...sound, envVars: rows }, aws)
    expect([...envVars.values()].map(({ problem }) => problem !== null)).toEqual([false, false, true])
    expect(config).toBeNull()
  })

  test('warns about a variable that looks like a credential at its row', () => {
    const judged = judgeForm({ ...sound, envVars: envVarRows([['DB_PASSWORD', 'x']]) }, aws)
    expect(judged.envVars.get(0)?.warnings.map(({ code }) => code)).toEqual(['ENV_VAR_LOOKS_LIKE_CREDENTIAL'])
    expect(warningsOf(judged)).toHaveLength(1)
  })

  test('rejects variables that are too large together as a group', () => {
    const envVars = envVarRows(['A', 'B', 'C', 'D', 'E'].map((one) => [one, 'x'.repeat(32_000)] as const))
    const judged = judgeForm({ ...sound, envVars }, aws)
    expect(judged.envVarsTogether?.code).toBe('CONFIG_INVALID')
    expect(judged.config).toBeNull()
  })
})

test.each([
  ['', false],
  ['a b', false],
  ['a'.repeat(129), false],
  ['team.ray_2-1', true],
])('whether the name %j is accepted: %s', (name, taken) => {
  expect(judgeName(name) === null).toBe(taken)
})

test('property: a form without repeated names is valid exactly when the contract accepts its config', () => {
  const piece = fc.oneof(
    fc.string(),
    fc.constantFrom('a/b:1', '2.9.0', 'arn:aws:secretsmanager:eu-west-1:123456789012:secret:x-AAAAAA'),
  )
  const form = fc.record({
    dockerImage: piece,
    rayVersion: piece,
    envVars: fc
      .uniqueArray(fc.tuple(fc.stringMatching(/^[A-Z1=]{1,3}$/), fc.string()), { selector: ([one]) => one })
      .map((vars) => envVarRows(vars)),
    secret: piece,
  })
  fc.assert(
    fc.property(form, (typed) => {
      const fields = {
        docker_image: typed.dockerImage,
        ray_version: typed.rayVersion,
        env_vars: Object.fromEntries(typed.envVars.map(({ name, value }) => [name, value])),
        ...(typed.secret !== '' && { registry_login_secret: typed.secret }),
      }
      expect(judgeForm(typed, aws).config !== null).toBe(isTaken(fields))
    }),
    { numRuns: 100 },
  )
})

function isTaken(fields: unknown): boolean {
  try {
    checkEnvironmentConfig(fields, aws)
    return true
  } catch (error) {
    if (isProblem(error)) return false
    throw error
  }
}
