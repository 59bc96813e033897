import { readFileSync } from 'node:fs'
import { anyCharacter } from '@fairlead/testkit/any-character'
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Provider } from './provider.ts'
import { isProblem, Problem } from '../problems/problem.ts'
import {
  canonicalReference,
  parseSecretReference,
  type SecretContext,
  type SecretReference,
} from './secret-reference.ts'

interface Vector {
  name: string
  provider: Provider
  ref: string
  context: SecretContext
  ok?: Record<string, unknown>
  error?: string
}

const { cases } = JSON.parse(
  readFileSync(new URL('../../fixtures/vectors/secret-reference.json', import.meta.url), 'utf8'),
) as { cases: Vector[] }

function read(provider: Provider, text: string, context: SecretContext): SecretReference | Problem {
  try {
    return parseSecretReference(provider, text, context)
  } catch (error) {
    if (isProblem(error)) return error
    throw error
  }
}

const aws: SecretContext = { partition: 'aws', region: 'us-west-2', accountId: '111122223333' }
const gcp: SecretContext = { projectId: 'my-project', projectNumber: '123456789012' }
const arn = (region: string, name: string, partition = 'aws') =>
  `arn:${partition}:secretsmanager:${region}:111122223333:secret:${name}`

describe('the vectors', () => {
  test.each(cases)('$name', ({ provider, ref, context, ok, error }) => {
    const got = read(provider, ref, context)
    expect(isProblem(got) ? { error: got.code } : { ok: got }).toEqual(error ? { error } : { ok: { provider, ...ok } })
  })
})

describe('AWS', () => {
  test('never turns a region that is in no table into a host (S21)', () => {
    for (const region of ['us-west-9', 'eu-atlantis-1', 'us-west-2.evil.example', 'constructor', '__proto__']) {
      expect(read('aws', arn(region, 'a-AbC123'), {})).toMatchObject({ code: 'SECRET_REF_INVALID' })
    }
    expect(read('aws', 'name', { region: 'us-west-2.evil.example' })).toMatchObject({ code: 'SECRET_REF_INVALID' })
  })

  test('derives the partition of a node from the region', () => {
    expect(read('aws', 'name', { region: 'cn-north-1' })).toMatchObject({ partition: 'aws-cn' })
    expect(read('aws', arn('us-west-2', 'a-AbC123'), { region: 'cn-north-1' })).toMatchObject({
      code: 'SECRET_REF_INVALID',
    })
  })

  test('without a context, treats an ARN as elsewhere and a bare name as here', () => {
    expect(read('aws', arn('us-west-2', 'a-AbC123'), {})).toMatchObject({ crossAccount: true, crossRegion: true })
    expect(read('aws', 'a', {})).toMatchObject({ region: null, accountId: null, crossAccount: false })
  })

  test('allows 512 characters for a name in an ARN, and no more', () => {
    expect(read('aws', arn('us-west-2', `${'n'.repeat(512)}-AbC123`), aws)).toMatchObject({ name: 'n'.repeat(512) })
    expect(read('aws', arn('us-west-2', `${'n'.repeat(513)}-AbC123`), aws)).toBeInstanceOf(Problem)
  })
})

describe('GCP', () => {
  test('never turns a location that is in no table into a host (S21)', () => {
    for (const location of ['us-central9', 'europe-west4.evil', 'global', 'us-central1-a', 'constructor']) {
      const text = `projects/my-project/locations/${location}/secrets/s/versions/1`
      expect(read('gcp', text, gcp)).toMatchObject({ code: 'SECRET_REF_INVALID' })
    }
  })

  test('accepts a project that belongs to a domain', () => {
    expect(read('gcp', 'projects/example.com:my-project/secrets/s/versions/1', gcp)).toMatchObject({
      project: 'example.com:my-project',
      crossProject: true,
    })
  })

  test.each(['0123456789', 'a', 'project_1', '-', '123456789012345678901'])('%j is not a project', (project) => {
    expect(read('gcp', `projects/${project}/secrets/s/versions/1`, gcp)).toBeInstanceOf(Problem)
  })
})

describe('local', () => {
  test.each(['registry', 'a', '0', 'team.registry_login-2', 'a'.repeat(128)])('%j is a name', (name) => {
    expect(read('local', name, {})).toEqual({ provider: 'local', name })
  })

  test.each([
    '',
    '.',
    '..',
    '.hidden',
    '-x',
    '_x',
    'a/b',
    '../a',
    'a\\b',
    'a b',
    'a\u0000',
    'a\n',
    'ä',
    'a'.repeat(129),
  ])('%j is refused (S21)', (name) => {
    expect(read('local', name, {})).toMatchObject({ code: 'SECRET_REF_INVALID' })
  })
})

describe('text that looks like a secret (S22)', () => {
  test.each<Provider>(['aws', 'gcp', 'local'])('is refused by %s under its own code and never repeated', (provider) => {
    const got = read(provider, 'dckr_pat_ABCDEFGHIJKLMNOPQRSTUVWXYZ1', {})
    expect(got).toMatchObject({ code: 'REFERENCE_LOOKS_LIKE_A_SECRET' })
    expect(JSON.stringify((got as Problem).toDocument())).not.toContain('ABCDEF')
    expect((got as Problem).facts).toEqual({})
  })
})

const text = fc.oneof(
  fc.string({ unit: anyCharacter, maxLength: 80 }),
  fc.string({
    unit: fc.constantFrom('arn:', 'aws', ':', 'secretsmanager', 'us-west-2', '/', 'projects', 'a', '1', '-'),
    maxLength: 12,
  }),
)
const provider = fc.constantFrom<Provider>('aws', 'gcp', 'local')

describe('for any input', () => {
  test('throws nothing but a problem, and its text repeats nothing of the input', () => {
    fc.assert(fc.property(provider, fc.anything(), (by, input) => void read(by, input as string, aws)))
    fc.assert(
      fc.property(provider, fc.string({ minLength: 12, unit: anyCharacter }), (by, input) => {
        const got = read(by, input, {})
        fc.pre(isProblem(got))
        expect(JSON.stringify(got.toDocument())).not.toContain(JSON.stringify(input).slice(1, -1))
      }),
    )
  })

  test('a parsed reference can be requested again by its own text', () => {
    fc.assert(
      fc.property(provider, text, (by, input) => {
        const got = read(by, input, { ...aws, ...gcp })
        fc.pre(!isProblem(got))
        const again = got.provider === 'gcp' ? (got.resource ?? '') : got.provider === 'aws' ? got.secretId : got.name
        const reread = read(by, again, { ...aws, ...gcp })
        expect(isProblem(reread)).toBe(false)
        expect(canonicalReference(reread as SecretReference)).toBe(canonicalReference(got))
      }),
      { numRuns: 2000 },
    )
  })

  test('two secrets of one provider never share a canonical text', () => {
    const name = fc.stringMatching(/^[A-Za-z0-9/_+=.@-]{1,20}$/)
    fc.assert(
      fc.property(name, name, (a, b) => {
        const [first, second] = [read('aws', a, aws), read('aws', b, aws)]
        fc.pre(!isProblem(first) && !isProblem(second))
        expect(canonicalReference(first) === canonicalReference(second)).toBe(a === b)
      }),
    )
  })
})
