import { anyCharacter } from '@fairlead/testkit/any-character'
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { EnvironmentConfig } from './cluster-environment.ts'
import type { ConfigCloud } from './config-warnings.ts'
import { checkEnvironmentConfig } from './environment-config.ts'
import { ProblemDocument } from '../problems/problem-document.ts'
import { isProblem, type Problem } from '../problems/problem.ts'

const aws: ConfigCloud = {
  provider: 'aws',
  context: { partition: 'aws', region: 'us-west-2', accountId: '111122223333' },
}
const gcp: ConfigCloud = { provider: 'gcp', context: { projectId: 'my-project' } }
const local: ConfigCloud = { provider: 'local', context: {} }

const good = {
  docker_image: 'example.jfrog.io/anyscale:2.4.0',
  ray_version: '2.7.0',
  env_vars: { MY_VAR: 'value' },
  registry_login_secret: 'mysecretid',
}

function answerTo(input: unknown, cloud: ConfigCloud | null): EnvironmentConfig | Problem {
  try {
    return checkEnvironmentConfig(input, cloud).config
  } catch (error) {
    if (isProblem(error)) return error
    throw error
  }
}

function refusal(input: unknown, cloud: ConfigCloud | null = null): Problem {
  const answer = answerTo(input, cloud)
  if (isProblem(answer)) return answer
  throw new Error('the config was taken')
}

const warned = (input: object, cloud: ConfigCloud | null = null) =>
  checkEnvironmentConfig({ ...good, ...input }, cloud).warnings.map(({ code, path }) => `${path}: ${code}`)

describe('a valid config', () => {
  test.each([null, aws, gcp, local])('is accepted as typed', (cloud) => {
    expect(checkEnvironmentConfig(good, cloud)).toEqual({ config: good, warnings: [] })
  })

  test('needs only an image and a version of Ray; null means omitted', () => {
    const least = { docker_image: good.docker_image, ray_version: '2.10' }
    expect(checkEnvironmentConfig({ ...least, env_vars: null, registry_login_secret: null }, null).config).toEqual(
      least,
    )
  })

  test('from the page that Fairlead implements is accepted, with a warning about its host', () => {
    const page = { ...good, docker_image: 'my-registry/my-image:tag' }
    const { config, warnings } = checkEnvironmentConfig(page, aws)
    expect(config).toEqual(page)
    expect(warnings).toEqual([
      {
        code: 'IMAGE_WITHOUT_HOST',
        path: 'docker_image',
        detail: expect.stringContaining('docker.io/my-registry/my-image:tag'),
      },
    ])
  })
})

describe('refused configs, by code and path', () => {
  test.each<[string, unknown, string, string[]]>([
    ['text', 'docker_image: x', 'CONFIG_INVALID', []],
    ['nothing', null, 'CONFIG_INVALID', []],
    ['a list', [good], 'CONFIG_INVALID', []],
    ['an empty config', {}, 'CONFIG_INVALID', ['docker_image', 'ray_version']],
    ['a number for a version', { ...good, ray_version: 2.1 }, 'CONFIG_INVALID', ['ray_version']],
    ['a version with a v', { ...good, ray_version: 'v2.7.0' }, 'CONFIG_INVALID', ['ray_version']],
    ['a word for a version', { ...good, ray_version: 'latest' }, 'CONFIG_INVALID', ['ray_version']],
    ['an image that is a map', { ...good, docker_image: {} }, 'CONFIG_INVALID', ['docker_image']],
    ['an image in upper case', { ...good, docker_image: 'reg.example.com/App' }, 'IMAGE_REF_INVALID', ['docker_image']],
    [
      'an image on a host that cannot be compared',
      { ...good, docker_image: '0x7f.1/app' },
      'IMAGE_REF_INVALID',
      ['docker_image'],
    ],
    [
      'an image of 513 characters',
      { ...good, docker_image: `${'a.'.repeat(170)}io/${'b'.repeat(170)}` },
      'IMAGE_REF_INVALID',
      ['docker_image'],
    ],
    ['an unknown field', { ...good, docker_imgae: 'x' }, 'CONFIG_UNKNOWN_FIELD', ['docker_imgae']],
    ['a field in upper case', { ...good, Ray_Version: '2' }, 'CONFIG_UNKNOWN_FIELD', ['Ray_Version']],
    ['an empty secret reference', { ...good, registry_login_secret: '' }, 'CONFIG_INVALID', ['registry_login_secret']],
    [
      'a secret reference with a space',
      { ...good, registry_login_secret: 'my secret' },
      'SECRET_REF_INVALID',
      ['registry_login_secret'],
    ],
    [
      'a pasted token',
      { ...good, registry_login_secret: 'dckr_pat_abcdefghijklmnop' },
      'REFERENCE_LOOKS_LIKE_A_SECRET',
      ['registry_login_secret'],
    ],
    ['env vars as a list', { ...good, env_vars: ['A=1'] }, 'CONFIG_INVALID', ['env_vars']],
    ['an env var with a dash', { ...good, env_vars: { 'A-B': '1' } }, 'CONFIG_INVALID', ['env_vars.A-B']],
    ['an env var that is a number', { ...good, env_vars: { A: 1 } }, 'CONFIG_INVALID', ['env_vars.A']],
    ['an env var that is a list', { ...good, env_vars: { A: ['1'] } }, 'CONFIG_INVALID', ['env_vars.A']],
    ['an env var with NUL', { ...good, env_vars: { A: 'a\u0000b' } }, 'CONFIG_INVALID', ['env_vars.A']],
    ['an env var with a lone surrogate', { ...good, env_vars: { A: '\ud800' } }, 'CONFIG_INVALID', ['env_vars.A']],
    [
      'two env vars at fault',
      { ...good, env_vars: { '1A': '', B: 2, C: 'ok' } },
      'CONFIG_INVALID',
      ['env_vars.1A', 'env_vars.B'],
    ],
  ])('%s', (_, input, code, paths) => {
    const got = refusal(input, null)
    expect(got.code).toBe(code)
    expect(got.fields.map(({ path }) => path)).toEqual(paths)
  })

  test.each([2.7, 2.1])('refuses a version given as the number %d, since 2.10 would be 2.1', (version) => {
    expect(refusal({ ...good, ray_version: version })).toMatchObject({
      code: 'CONFIG_INVALID',
      facts: { reason: 'as a number 2.10 is 2.1; write it as text, in quotes' },
    })
  })

  test.each(['MY_VAR', 'NCCL_DEBUG', 'HF_TOKEN'])('%s next to an empty env_vars lost its indentation', (name) => {
    const got = refusal({ ...good, env_vars: undefined, [name]: 'value' })
    expect(got.fix).toMatch(new RegExp(`^Indent ${name} by two spaces below env_vars`))
    expect(got.fields).toEqual([
      { path: name, detail: 'there is no such field; if it is a variable, indent it below env_vars' },
    ])
  })

  test.each(['pip', 'conda', 'xy'])('proposes no field for %s, which is near to none', (name) => {
    const got = refusal({ ...good, [name]: 'x' })
    expect(got.fix).toMatch(/^The fields are /)
    expect(got.fields).toEqual([{ path: name, detail: 'there is no such field' }])
  })

  test('puts a pasted secret first among several faults, and lists them all', () => {
    const got = refusal({ docker_image: 'A', ray: '2', ray_version: '', registry_login_secret: 'ghp_abcdefghijklmnop' })
    expect(got.code).toBe('REFERENCE_LOOKS_LIKE_A_SECRET')
    expect(got.fields.map(({ path }) => path)).toEqual(['ray', 'docker_image', 'ray_version', 'registry_login_secret'])
  })

  test.each([
    ['image', 'docker_image'],
    ['ray-version', 'ray_version'],
    ['environment_vars', 'env_vars'],
    ['env', 'env_vars'],
    ['registry_login', 'registry_login_secret'],
    ['RAY_VERSION', 'ray_version'],
    ['password', 'registry_login_secret'],
    ['docker_username', 'registry_login_secret'],
    ['imagePullCredentials', 'registry_login_secret'],
  ])('for %s the nearest known field is %s', (name, nearest) => {
    const got = refusal({ ...good, [name]: 'x' })
    expect(got.fix).toContain(`Did you mean ${nearest}?`)
    expect(got.fields[0]?.detail).toContain(nearest)
  })

  test('a reference is parsed as the provider of the cloud parses it', () => {
    const gcpForm = { ...good, registry_login_secret: 'projects/my-project/secrets/s/versions/latest' }
    expect(checkEnvironmentConfig(gcpForm, gcp).warnings).toEqual([])
    expect(checkEnvironmentConfig(gcpForm, null).warnings).toEqual([])
    expect(refusal(gcpForm, local).code).toBe('SECRET_REF_INVALID')
    const arn = { ...good, registry_login_secret: 'arn:aws:secretsmanager:us-west-2:111122223333:secret:a-AbC123' }
    expect(checkEnvironmentConfig(arn, aws).warnings).toEqual([])
    expect(checkEnvironmentConfig(arn, null).warnings).toEqual([])
    expect(refusal(arn, gcp).code).toBe('SECRET_REF_INVALID')
  })

  test('without a cloud, accepts anything that some provider accepts, since the server checks it again', () => {
    const taken = ['projects/team/docker', 'projects/example.com:my-project/secrets/s/versions/1', 'prod/a@b+c=d.e']
    for (const registry_login_secret of taken) {
      expect(checkEnvironmentConfig({ ...good, registry_login_secret }, null).config.registry_login_secret).toBeTruthy()
    }
    expect(refusal({ ...good, registry_login_secret: 'projects/a:b/secrets/s' }).code).toBe('SECRET_REF_INVALID')
  })

  test('limits the size of env vars where a kernel would refuse them', () => {
    const many = (count: number, value: string) =>
      Object.fromEntries(Array.from({ length: count }, (_, index) => [`V${index}`, value]))
    expect(refusal({ ...good, env_vars: many(501, '') }).code).toBe('CONFIG_INVALID')
    expect(checkEnvironmentConfig({ ...good, env_vars: many(500, 'x') }, null).warnings).toEqual([])
    expect(refusal({ ...good, env_vars: { A: 'x'.repeat(32_769) } }).fields[0]?.path).toBe('env_vars.A')
    expect(refusal({ ...good, env_vars: { A: '\u20ac'.repeat(11_000) } }).fields[0]?.path).toBe('env_vars.A')
    expect(refusal({ ...good, env_vars: many(5, 'x'.repeat(32_000)) }).fields[0]?.path).toBe('env_vars')
  })

  test('refuses a name that would become a prototype instead of losing it', () => {
    const env_vars: unknown = JSON.parse('{"__proto__": "x"}')
    expect(refusal({ ...good, env_vars }).fields[0]?.path).toBe('env_vars.__proto__')
    expect(refusal(JSON.parse('{"__proto__": {"docker_image": "a"}}')).code).toBe('CONFIG_UNKNOWN_FIELD')
  })

  test('does not repeat a value that was pasted into a name', () => {
    const got = refusal({ ...good, env_vars: { 'TOKEN=hunter2hunter2': '' } })
    expect(JSON.stringify(got.toDocument())).not.toContain('hunter2')
  })
})

describe('a config that is legal but probably wrong', () => {
  test.each<[string, object, ConfigCloud | null, string[]]>([
    ['no host', { docker_image: 'team/app:1' }, null, ['docker_image: IMAGE_WITHOUT_HOST']],
    ['no host, one word', { docker_image: 'ubuntu:22.04' }, null, ['docker_image: IMAGE_WITHOUT_HOST']],
    ['a host without dot or port', { docker_image: 'my-registry/app:1' }, null, ['docker_image: IMAGE_WITHOUT_HOST']],
    ['Docker Hub said aloud', { docker_image: 'docker.io/team/app:1' }, null, []],
    ['Docker Hub by its old name', { docker_image: 'index.docker.io/team/app:1' }, null, []],
    ['neither tag nor digest', { docker_image: 'reg.example.com/app' }, null, ['docker_image: IMAGE_WITHOUT_TAG']],
    ['a digest alone', { docker_image: `reg.example.com/app@sha256:${'a'.repeat(64)}` }, null, []],
    [
      'no host and no tag',
      { docker_image: 'app' },
      null,
      ['docker_image: IMAGE_WITHOUT_HOST', 'docker_image: IMAGE_WITHOUT_TAG'],
    ],
    [
      'an ARN suffix',
      { registry_login_secret: 'login-AbC123' },
      aws,
      ['registry_login_secret: SECRET_NAME_WITH_SUFFIX'],
    ],
    [
      'an ARN suffix, cloud unknown',
      { registry_login_secret: 'login-AbC123' },
      null,
      ['registry_login_secret: SECRET_NAME_WITH_SUFFIX'],
    ],
    ['an ARN suffix on GCP, where it is none', { registry_login_secret: 'login-AbC123' }, gcp, []],
    ['a word of six letters at the end', { registry_login_secret: 'my-docker' }, aws, []],
    [
      'an ARN of China in the world',
      { registry_login_secret: 'arn:aws-cn:secretsmanager:cn-north-1:111122223333:secret:a-AbC123' },
      aws,
      ['registry_login_secret: SECRET_IN_OTHER_PARTITION'],
    ],
    [
      'an ARN of China, cloud unknown',
      { registry_login_secret: 'arn:aws-cn:secretsmanager:cn-north-1:111122223333:secret:a-AbC123' },
      null,
      ['registry_login_secret: SECRET_IN_OTHER_PARTITION'],
    ],
    [
      'an ARN of China in China',
      { registry_login_secret: 'arn:aws-cn:secretsmanager:cn-north-1:111122223333:secret:a-AbC123' },
      { provider: 'aws', context: { region: 'cn-northwest-1' } },
      [],
    ],
    [
      'a GCP identifier on AWS',
      { registry_login_secret: '/projects/p/secrets/s/versions/1' },
      aws,
      ['registry_login_secret: SECRET_OF_OTHER_PROVIDER'],
    ],
    [
      'a credential by its name',
      { env_vars: { HF_TOKEN: 'x' } },
      null,
      ['env_vars.HF_TOKEN: ENV_VAR_LOOKS_LIKE_CREDENTIAL'],
    ],
    [
      'a credential by its value',
      { env_vars: { SETTING: 'ghp_abcdefghijklmnopqrst' } },
      null,
      ['env_vars.SETTING: ENV_VAR_LOOKS_LIKE_CREDENTIAL'],
    ],
    [
      'a URL with a password',
      { env_vars: { DB: 'postgres://app:pw@db/x' } },
      null,
      ['env_vars.DB: ENV_VAR_LOOKS_LIKE_CREDENTIAL'],
    ],
    ['JSON as a value', { env_vars: { RAY_CONFIG: '{"a": 1}' } }, null, []],
  ])('%s', (_, input, cloud, expected) => {
    expect(warned(input, cloud)).toEqual(expected)
  })

  test.each([
    'AWS_SECRET_ACCESS_KEY',
    'WANDB_API_KEY',
    'DB_PASSWORD',
    'OPENAI_APIKEY',
    'GH_TOKEN',
    'secret',
    'SSH_PRIVATE_KEY',
  ])('%s names a credential', (name) => {
    expect(warned({ env_vars: { [name]: 'x' } })).toHaveLength(1)
  })

  test.each([
    'TOKENIZERS_PARALLELISM',
    'MAX_TOKENS',
    'DB_PASSWORD_FILE',
    'SECRET_NAME',
    'KEYBOARD',
    'COMPASS',
    'RAY_KEY',
    'PATH',
  ])('%s does not', (name) => {
    expect(warned({ env_vars: { [name]: 'x' } })).toEqual([])
  })

  test('no warning repeats the value of an env var', () => {
    const { warnings } = checkEnvironmentConfig({ ...good, env_vars: { TOKEN: 'hunter2hunter2' } }, null)
    expect(JSON.stringify(warnings)).not.toContain('hunter2')
  })
})

describe('for any input', () => {
  test('gives a config that matches its schema, or a problem that matches its own', () => {
    const field = fc.oneof(
      fc.string({ unit: anyCharacter }),
      fc.anything(),
      fc.constantFrom('a', '2.10', 'reg.example.com/a:1'),
    )
    const input = fc.oneof(
      fc.anything(),
      fc.record(
        {
          docker_image: field,
          ray_version: field,
          registry_login_secret: field,
          env_vars: fc.dictionary(fc.string(), field),
        },
        { requiredKeys: [] },
      ),
    )
    fc.assert(
      fc.property(input, fc.constantFrom(null, aws, gcp, local), (value, cloud) => {
        const answer = answerTo(value, cloud)
        const schema = isProblem(answer) ? ProblemDocument : EnvironmentConfig
        expect(schema.safeParse(isProblem(answer) ? answer.toDocument() : answer).success).toBe(true)
        expect(isProblem(answer, 'INTERNAL')).toBe(false)
      }),
      { numRuns: 1000 },
    )
  })
})
