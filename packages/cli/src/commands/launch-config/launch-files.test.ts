/** The output for each launcher, parsed as the launcher parses it. */
import { anyCharacter } from '@fairlead/testkit/any-character'
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { parseDocument } from 'yaml'
import { rayClusterFile } from './kuberay.ts'
import { clusterName, localTag } from './launch-subject.ts'
import { rayAwsFile } from './ray-aws.ts'
import { rayGcpFile } from './ray-gcp.ts'
import { rayLocalFile } from './ray-local.ts'
import { sampleSubject } from './sample-subject.ts'
import { userDataScript } from './user-data.ts'
import { placesToReplace, yamlText } from './yaml-text.ts'

const rayFiles = [
  ['ray-aws', () => rayAwsFile(sampleSubject())],
  ['ray-gcp', () => rayGcpFile(sampleSubject({}, 'gcp'))],
  ['ray-local', () => rayLocalFile(sampleSubject({}, 'local'))],
] as const

/** Parsed as both versions of YAML; neither may warn. */
function readBack(text: string): unknown {
  const [old, current] = (['1.1', '1.2'] as const).map((version) => {
    const document = parseDocument(text, { version })
    expect([...document.errors, ...document.warnings]).toEqual([])
    return document.toJS() as unknown
  })
  expect(old).toEqual(current)
  return current
}

describe.each(rayFiles)('--for %s', (target, file) => {
  test('is the same file as before', () => {
    expect(yamlText(file())).toMatchSnapshot()
  })

  test('says the same to a reader of YAML as to one of --json', () => {
    expect(readBack(yamlText(file()))).toEqual(file().content)
  })

  test('lets neither Docker nor Ray pull, and names no image that somebody else could register', () => {
    expect(file().content).toMatchObject({
      docker: { pull_before_run: false, image: 'registry.example.com:5000/team/ray:fairlead-0123456789ab' },
    })
  })

  test('pulls by digest, with a reference and no login', () => {
    const { initialization_commands: commands } = file().content as { initialization_commands: string[] }
    expect(commands.at(-1)).toContain(
      `fairlead pull registry.example.com:5000/team/ray@sha256:${'0123456789abcdef'.repeat(4)} --registry-login-secret=team/registry-login --provider=${target.slice(4)}`,
    )
  })

  test('lists at its top what the user has to fill in', () => {
    const content = file().content
    const [line = ''] = yamlText(file()).match(/^# Replace before use: .+$/m) ?? []
    expect(placesToReplace(content).length).toBeGreaterThan(0)
    for (const place of placesToReplace(content)) expect(line).toContain(place)
  })
})

describe('machines you own', () => {
  const file = (rayVersion: string) => rayLocalFile(sampleSubject({ rayVersion }, 'local'))

  test.each(['2.54', '2.54rc1', '2.54.0', '2.55.1', '3.0.0rc1'])(
    'with Ray %s are kept by the autoscaler of the head, which gets the node types it counts',
    (rayVersion) => {
      expect(file(rayVersion).content).toMatchObject({
        head_node_type: 'local.cluster.node',
        available_node_types: { 'local.cluster.node': { max_workers: 0 }, worker: { min_workers: 1 } },
      })
    },
  )

  test.each(['2.9.0', '2.53.0', '1.13'])('with Ray %s, which rejects node types there, have none', (rayVersion) => {
    expect(file(rayVersion).content).not.toHaveProperty('available_node_types')
    expect(file(rayVersion).head.join()).toContain('RAY_UP_enable_autoscaler_v2=0')
  })

  test('puts the Python code of the head in single quotes, and has none in the code', () => {
    const { head_start_ray_commands: commands } = file('2.55.1').content as { head_start_ray_commands: string[] }
    expect(commands[1]).toMatch(/^python3 -c '[^']+'$/)
    expect(commands.at(-1)).toMatch(/; (?:RAY_AUTOSCALER_RECONCILE_[A-Z_]+=\d+ ){2}ray start --head /)
  })
})

describe('the identity of a node', () => {
  test('on AWS is the profile of the cloud for head and workers, or the one that was named without its path', () => {
    const profiles = (role: string | null) => {
      const subject = sampleSubject()
      const { content } = rayAwsFile({ ...subject, cloud: { ...subject.cloud, node_role: role } })
      const { available_node_types: types } = content as {
        available_node_types: Record<string, { node_config: { IamInstanceProfile: { Name: string } } }>
      }
      return Object.values(types).map(({ node_config: machine }) => machine.IamInstanceProfile.Name)
    }
    expect(profiles(null)).toEqual(Array(2).fill('cld_00000000000000000000000001-cluster_node_role'))
    expect(profiles('teams/ray/ray-autoscaler-v1')).toEqual(Array(2).fill('ray-autoscaler-v1'))
  })

  test('on Google Cloud is the same service account for head and workers', () => {
    const subject = sampleSubject({}, 'gcp')
    const email = 'nodes@my-project.iam.gserviceaccount.com'
    const text = yamlText(rayGcpFile({ ...subject, cloud: { ...subject.cloud, node_role: email } }))
    expect(text.split(`email: "${email}"`)).toHaveLength(3)
  })
})

describe('values chosen by users', () => {
  const text = fc
    .oneof(
      fc.string({ unit: anyCharacter }),
      fc.constantFrom(
        'yes',
        'NO',
        '12:30:45',
        '1_000',
        '0o17',
        '2026-01-01',
        '~',
        '=',
        '<<',
        '*a',
        '&a',
        '- a',
        'a: b',
        ' #',
        '---\n',
        '...',
        '\u0085',
        '\u2028',
        '\uFEFF',
        '\u007F',
        "'",
        '"',
        '\\',
        '$(id)',
        '%s {}',
      ),
    )
    .filter((value) => value.isWellFormed() && !value.includes('\0'))
  const vars = fc.dictionary(fc.stringMatching(/^[A-Za-z_][A-Za-z0-9_]{0,20}$/), text, { maxKeys: 8 })

  test('any value survives the YAML unchanged, which is ASCII without terminal control characters', () => {
    fc.assert(
      fc.property(vars, (envVars) => {
        for (const file of [rayLocalFile(sampleSubject({ envVars })), rayClusterFile(sampleSubject({ envVars }))]) {
          const printed = yamlText(file)
          expect(printed).toMatch(/^[\n -~]*$/)
          expect(readBack(printed)).toEqual(file.content)
        }
      }),
    )
  })

  test('any name becomes one that Kubernetes accepts', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[A-Za-z0-9._-]{1,128}$/), (name) => {
        expect(clusterName(name)).toMatch(/^[a-z]([a-z0-9-]{0,38}[a-z0-9])?$/)
      }),
    )
  })

  test('Kubernetes expands nothing in a value', () => {
    const value = 'a $(OTHER) $$ $x $'
    const { spec } = rayClusterFile(sampleSubject({ envVars: { A: value } })).content as {
      spec: { headGroupSpec: { template: { spec: { containers: [{ env: [{ value: string }] }] } } } }
    }
    const [container] = spec.headGroupSpec.template.spec.containers
    // As k8s.io/kubernetes/third_party/forked/golang/expansion reads it: two dollars are one, and only a single one begins a name.
    expect(container.env[0].value.replaceAll('$$', '')).not.toContain('$')
    expect(container.env[0].value.replaceAll('$$', '$')).toBe(value)
  })
})

describe('--for kuberay', () => {
  const file = rayClusterFile(sampleSubject())

  test('is the same one document as before', () => {
    expect(yamlText(file)).toMatchSnapshot()
    expect(readBack(yamlText(file))).toEqual(file.content)
  })

  test('leaves nothing to fill in, so that kubectl takes it as it is', () => {
    expect(placesToReplace(file.content)).toEqual([])
  })
})

describe('--for user-data', () => {
  test('is the same script as before, without a token', () => {
    const script = userDataScript(sampleSubject())
    expect(script).toMatchSnapshot()
    expect(script).not.toMatch(/--token|f[jlr]t_/)
  })
})

test('gives two digests two names, so that the name of an older build never refers to a newer one', () => {
  const { image } = sampleSubject()
  expect(localTag(image)).not.toBe(localTag({ ...image, digest: `sha256:${'f'.repeat(64)}` }))
})
