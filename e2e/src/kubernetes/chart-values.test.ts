/** What the chart makes of its values, and which it refuses before anything is in the cluster. */
import { readFile } from 'node:fs/promises'
import { looksLikeSecret } from '@fairlead/contract/names'
import { parseNodePolicy } from '@fairlead/credential-path/policy/read-node-policy'
import { beforeAll, describe, expect, test } from 'vitest'
import { parseAllDocuments } from 'yaml'
import { kubernetesManifests } from '../../../scripts/building/kubernetes-manifests.ts'
import { chartFolder, openHelm } from './chart-in-cluster.ts'

interface Rendered {
  readonly kind: string
  readonly metadata: { readonly name: string }
  readonly data?: Record<string, string>
  readonly rules?: { readonly resources: string[]; readonly resourceNames?: string[]; readonly verbs: string[] }[]
  /** Of a pod; of what makes pods, the template. */
  readonly spec?: PodSpec & { readonly template: { readonly spec: PodSpec } }
}
interface PodSpec {
  readonly volumes: { readonly name: string; readonly hostPath?: { readonly path: string } }[]
  readonly containers: {
    readonly args: string[]
    readonly env?: { readonly name: string; readonly value?: string }[]
    readonly volumeMounts: { readonly name: string; readonly mountPath: string; readonly readOnly?: boolean }[]
  }[]
}

let helm: Awaited<ReturnType<typeof openHelm>>
beforeAll(async () => {
  helm = await openHelm()
})

const usual = { image: { repository: 'registry.example.com/fairlead-agent' } }
const template = (values: object, ...flags: string[]) => {
  const set = Object.entries({ ...usual, ...values }).flatMap(([name, value]) => [
    '--set-json',
    `${name}=${JSON.stringify(value)}`,
  ])
  return helm('template', 'fairlead', chartFolder, '--namespace', 'fairlead-system', ...set, ...flags)
}
async function render(values: object): Promise<Rendered[]> {
  const { status, stdout, stderr } = await template(values)
  expect(status, stderr).toBe(0)
  return parseAllDocuments(stdout).map((document) => document.toJS() as Rendered)
}
const one = (all: readonly Rendered[], kind: string): Rendered => {
  const found = all.filter((object) => object.kind === kind)
  expect(found).toHaveLength(1)
  return found[0]!
}
const door = {
  allowed_registries: ['r.example.com'],
  doors: { 'r.example.com': 'team/login', 'r.example.com/open': null },
}

test('the plain manifests are the chart: npx node scripts/kubernetes-manifests.ts', async () => {
  for (const [file, text] of Object.entries(await kubernetesManifests())) {
    expect(await readFile(file, 'utf8')).toBe(text)
  }
})

test('the owner’s file is what the values say, and a file that the agent takes', async () => {
  const policy = one(await render({ policy: door }), 'ConfigMap').data?.['policy.yaml'] ?? ''
  expect(parseNodePolicy(policy, 'policy.yaml')).toMatchObject(door)
})

test.each([
  ['containerd', '/etc/containerd', '/etc/containerd/certs.d', '/run/containerd'],
  ['gke', '/etc/containerd', '/etc/containerd/hosts.d', '/run/containerd'],
  [
    'k3s',
    '/var/lib/rancher/k3s/agent/etc/containerd',
    '/var/lib/rancher/k3s/agent/etc/containerd/certs.d',
    '/run/k3s/containerd',
  ],
  [
    'rke2',
    '/var/lib/rancher/rke2/agent/etc/containerd',
    '/var/lib/rancher/rke2/agent/etc/containerd/certs.d',
    '/run/k3s/containerd',
  ],
])(
  'on nodes with %s, the agent has containerd’s folders at their own paths, and may write only the doors’',
  async (engine, config, hosts, socket) => {
    const { volumes, containers } = one(await render({ engine }), 'DaemonSet').spec!.template.spec
    const volumeMounts = containers.flatMap((container) => container.volumeMounts)
    const ofNode = volumes.flatMap(({ name, hostPath }) =>
      hostPath === undefined ? [] : [{ name, path: hostPath.path }],
    )
    const mounts = ofNode.map(({ name, path }) => {
      const mount = volumeMounts.find((found) => found.name === name)
      expect(mount?.mountPath).toBe(path)
      return [path, mount?.readOnly ?? false]
    })
    expect(mounts).toEqual([
      ['/etc/fairlead', true],
      ['/var/lib/fairlead', false],
      [config, true],
      [hosts, false],
      [socket, true],
    ])
  },
)

test('its rights are to see its own DaemonSet, with the start taint its node, and for records the pods', async () => {
  const rightsOf = async (values: object) =>
    (await render(values))
      .flatMap(({ rules = [] }) => rules)
      .map(
        ({ verbs, resources, resourceNames = [] }) => `${verbs.join()} ${[...resources, ...resourceNames].join('/')}`,
      )
  const own = 'get daemonsets/fairlead-agent'
  expect(await rightsOf({})).toEqual([own])
  expect((await rightsOf({ startTaint: true })).toSorted()).toEqual([own, 'get,patch nodes'])
  expect((await rightsOf({ podRecords: true })).toSorted()).toEqual([own, 'list pods'])
})

test('a federation of Google is a file without a secret, and a token for it alone', async () => {
  const google = { project: 'p-1', audience: 'identitynamespace:p-1.svc.id.goog:x', tokenAudience: 'p-1.svc.id.goog' }
  const all = await render({ identity: { google } })
  expect(JSON.parse(one(all, 'ConfigMap').data?.['google-identity.json'] ?? '')).toMatchObject({
    type: 'external_account',
    audience: google.audience,
    credential_source: { file: '/var/run/secrets/fairlead.dev/google/token' },
  })
  const [{ env = [] } = {}] = one(all, 'DaemonSet').spec!.template.spec.containers
  expect(env).toContainEqual({
    name: 'GOOGLE_APPLICATION_CREDENTIALS',
    value: '/etc/fairlead-policy/google-identity.json',
  })
})

test.each([
  [{}, false],
  [{ serviceAccountAnnotations: { 'eks.amazonaws.com/role-arn': 'arn:aws:iam::111122223333:role/r' } }, true],
  [{ eksPodIdentity: true }, true],
  [{ google: { project: 'p-1', audience: 'a', tokenAudience: 'p-1.svc.id.goog' } }, true],
  // On the host's network, an agent does not get this identity.
  [{ serviceAccountAnnotations: { 'iam.gke.io/gcp-service-account': 'a@p-1.iam.gserviceaccount.com' } }, false],
])('with the identity %j, an exposed node is only a warning: %s', async (identity, isWarning) => {
  const { args } = one(await render({ identity }), 'Pod').spec!.containers[0]!
  expect(args).toEqual(['doctor', '--pod', ...(isWarning ? ['--own-identity'] : [])])
})

test('the pod of helm test has nothing that an ordinary pod lacks', async () => {
  const { spec } = one(await render({}), 'Pod')
  expect(spec).toMatchObject({ serviceAccountName: 'default', automountServiceAccountToken: false })
  for (const field of ['hostNetwork', 'hostPID', 'hostIPC', 'volumes', 'tolerations'])
    expect(spec).not.toHaveProperty(field)
})

describe('refused is', () => {
  const refusal = async (values: object, ...flags: string[]): Promise<string> => {
    const { status, stdout, stderr } = await template(values, ...flags)
    expect([status, stdout]).toEqual([1, ''])
    return stderr
  }
  const withSecret = (secret: string) => ({ policy: { ...door, doors: { 'r.example.com': secret } } })

  test.each([
    'ghp_0123456789abcdefghijklmnopqrstuvwxyz',
    'dckr_pat_0123456789abcdefghij',
    'AKCp5budTFpbypBqQbGJPz3pGCi28pPivfWczqjfYb9drAmd9LbRZbj6UpKFxJXA8ksWGc9fM',
    'eyJhbGciOiJSUzI1NiJ9.e30.c2ln',
    'glpat-0123456789abcdefghij',
  ])('the token %s in place of a secret’s name, without being repeated', async (token) => {
    expect(looksLikeSecret(token)).toBe(true)
    const said = await refusal(withSecret(token))
    expect(said).toContain('names a token for r.example.com')
    expect(said).not.toContain(token)
  })

  test.each(['user:password', '{"username":"u","password":"p"}', 'https://user:password@r.example.com', 'two words'])(
    'the login %s',
    async (login) => {
      expect(await refusal(withSecret(login))).toContain("values don't meet the specifications")
    },
  )

  test('a value that nobody knows, and a setting of the owner’s file that does not concern doors', async () => {
    expect(await refusal({ password: 'x' })).toContain("additional properties 'password' not allowed")
    expect(await refusal({ policy: { ...door, share_logs: true } })).toContain("'share_logs' not allowed")
  })

  test('a private key among the certificates', async () => {
    const pem = '-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n'
    expect(await refusal({ policyFiles: { 'ca.pem': pem } })).toContain("values don't meet the specifications")
  })

  test.each([
    ['r.example.com/fairlead-agent', 'r.example.com'],
    ['R.example.com:443/fairlead-agent', 'r.example.com'],
    ['team/fairlead-agent', 'docker.io'],
  ])('the agent’s own image %s behind a door of its registry', async (repository, host) => {
    const policy = { allowed_registries: [host], doors: { [`${host}/team`]: 'login' } }
    expect(await refusal({ image: { repository }, policy })).toContain(`the agent's own image is at ${host}`)
  })

  test('an installation without an image, and the start taint where nothing limits its right', async () => {
    expect(await refusal({ image: { repository: '' } })).toContain('set image.repository')
    expect(await refusal({ startTaint: true }, '--kube-version', '1.29.0')).toContain('needs Kubernetes 1.30')
  })
})
