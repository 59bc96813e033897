/** Which logins of other tools are found on a machine: for which registries, and nothing of what is stored. */
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { loginsFor, type LoginFile } from './kept-logins.ts'

const keys = ['r.example.com', 'docker.io']
const names = (kind: LoginFile['kind'], text: string, wanted = keys) =>
  loginsFor(wanted, { kind, path: '/file' }, text).map(({ name }) => name)

describe('a config.json of Docker, or an auth.json of podman', () => {
  const auth = { auth: 'cm9ib3Q6Y2FuYXJ5' }
  const config = {
    auths: {
      'r.example.com': auth,
      'https://index.docker.io/v1/': auth,
      'r.example.com/team': auth,
      'r.example.com:5000': auth,
      'other.example.com': auth,
    },
  }
  test('has the logins of a door’s registry under each of its names, and no others', () => {
    for (const kind of ['docker', 'podman'] as const) {
      expect(names(kind, JSON.stringify(config))).toEqual([
        'r.example.com',
        'https://index.docker.io/v1/',
        'r.example.com/team',
      ])
    }
  })

  test('has none where a credential helper keeps it', () => {
    expect(names('docker', '{"auths": {"r.example.com": {}}, "credsStore": "pass"}')).toEqual([])
  })
})

describe('a registries.yaml of k3s or RKE2', () => {
  test('has a login where a registry has `auth`', () => {
    const text = `mirrors: { r.example.com: { endpoint: ["https://r.example.com"] } }
configs:
  "r.example.com":
    auth: { username: robot, password: canary }
  docker.io:
    tls: { ca_file: /ca.pem }
  other.example.com: { auth: { token: canary } }
`
    expect(names('rancher', text)).toEqual(['r.example.com'])
  })
})

describe('a config.toml of containerd', () => {
  test.each([
    ['of version 2', '[plugins."io.containerd.grpc.v1.cri".registry.configs."r.example.com".auth]\n  username = "x"'],
    ['of version 3', "[plugins.'io.containerd.cri.v1.images'.registry.configs.'r.example.com'.auth]\n"],
    [
      'in a template of k3s',
      '{{ template "base" . }}\n\n[plugins."io.containerd.grpc.v1.cri".registry.configs."r.example.com".auth]\n',
    ],
    [
      'as an inline table',
      '[plugins."io.containerd.grpc.v1.cri".registry.configs."r.example.com"]\nauth = { auth = "x" }',
    ],
    [
      'with dotted keys',
      '[plugins."io.containerd.grpc.v1.cri".registry.configs."r.example.com"]\n  auth.username = "x"',
    ],
  ])('has a login %s', (_, text) => {
    expect(names('containerd', text)).toEqual(['r.example.com'])
  })

  test.each([
    '[plugins."io.containerd.grpc.v1.cri".registry.configs."r.example.com".tls]\n  ca_file = "/ca.pem"\n',
    '# [plugins."io.containerd.grpc.v1.cri".registry.configs."r.example.com".auth]\n',
    '[plugins."io.containerd.grpc.v1.cri".registry.mirrors."r.example.com"]\n  auth = 1\n',
    '[plugins."x".registry.configs."r.example.com".tls]\n[other]\nauth = 1\n',
  ])('has none in %j', (text) => {
    expect(names('containerd', text)).toEqual([])
  })
})

test('S9: any text has logins or none, and nothing but their names comes out', () => {
  const kind = fc.constantFrom('docker', 'podman', 'rancher', 'containerd')
  const text = fc.oneof(fc.string(), fc.json(), fc.constant('configs: &a\n  r.example.com: *a\n'))
  fc.assert(fc.property(kind, text, (of, given) => names(of, given).every((name) => typeof name === 'string')))
})
