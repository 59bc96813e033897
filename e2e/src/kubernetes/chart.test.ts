/** The chart on a real Kubernetes: what it installs, what its agents may do, and that nothing stays when it is removed. */
import { stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import {
  isReady,
  newFolder,
  startControlPlane,
  startFairleadServe,
  type ControlPlane,
  type FairleadServe,
  type KubernetesNode,
  type KubernetesPod,
  type Service,
} from '@fairlead/testkit'
import type { Node, PullRecord } from '@fairlead/contract/wire'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { namespace, startTaint } from './chart-in-cluster.ts'
import { startChartSystem, type ChartSystem } from './chart-system.ts'

let system: ChartSystem
beforeAll(async () => {
  system = await startChartSystem()
})
afterAll(() => system[Symbol.asyncDispose]())

const kubectl = () => system.cluster.kubectl
const agentOn = async ({ name }: KubernetesNode): Promise<KubernetesPod> => {
  const found = await system.chart.agentOn(name)
  if (found === undefined) throw new Error(`there is no agent on ${name}`)
  return found
}
const taintsOf = async ({ name }: KubernetesNode) =>
  (await kubectl().read<{ spec: { taints?: { key: string }[] } }>(`/api/v1/nodes/${name}`))?.spec.taints?.map(
    ({ key }) => key,
  ) ?? []

const podSpec = (image: string) => ({
  terminationGracePeriodSeconds: 0,
  containers: [{ name: 'main', image, imagePullPolicy: 'Always' }],
})
const pod = (name: string, image: string, more: object = {}) => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name },
  spec: { ...podSpec(image), ...more },
})
const app = (name: string, tag: string, more: object = {}) => pod(name, `${system.registry.host}/team/app:${tag}`, more)
const deployment = (name: string, image: string) => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name },
  spec: {
    selector: { matchLabels: { app: name } },
    template: { metadata: { labels: { app: name } }, spec: podSpec(image) },
  },
})

test('install: an agent is ready on each node when its doors are open, and only then pods may come', async () => {
  for (const node of system.nodes) expect(await taintsOf(node)).toContain(startTaint)
  expect(await system.chart.upgrade()).toMatchObject({ status: 0 })
  expect((await system.chart.agents()).map(isReady)).toEqual([true, true])
  for (const node of system.nodes) await expect.poll(() => taintsOf(node)).not.toContain(startTaint)
})

test('a plain pod on each node pulls a private image, with no pull secret, and nobody asks past the door', async () => {
  await kubectl().apply(...system.nodes.map(({ name }) => app(`app-${name}`, '1', { nodeName: name })))
  for (const { name } of system.nodes) await kubectl().untilPod(`app-${name}`, 'is ready', isReady)
  expect(system.registry.canary.calls()).toBe(0)
  expect(await kubectl().list('secrets', '--all-namespaces')).toEqual([])
})

test('the agent is root without a capability, on a root file system that it cannot write', async () => {
  const [node] = system.nodes
  const found = await node!.machine.mustExec('sh', ['-c', 'pgrep -xf "/usr/bin/fairlead agent run .*"'])
  const status = await node!.machine.mustExec('cat', [`/proc/${found.trim()}/status`])
  expect(status).toMatch(/^Uid:\s+0\s+0/m)
  expect(status).toMatch(/^Cap(?:Eff|Prm|Bnd):\s+0+$/m)
  expect(status).toMatch(/^NoNewPrivs:\s+1$/m)
  expect(status).toMatch(/^Seccomp:\s+2$/m)
  const mounts = await node!.machine.mustExec('cat', [`/proc/${found.trim()}/mounts`])
  expect(mounts).toMatch(/ \/ overlay ro,/)
})

test('the right to change nodes is the right to take this taint from its own node, and nothing else', async () => {
  const [own, other] = system.nodes
  const pod = await agentOn(own!)
  const bound = ['--bound-object-kind', 'Pod', '--bound-object-name', pod.metadata.name]
  const token = async (...more: string[]) =>
    (await kubectl().must(['create', 'token', 'fairlead-agent', '--namespace', namespace, ...more])).trim()
  const [ofPod, ofNobody] = await Promise.all([token(...bound), token()])
  const as = (bearer: string, ...args: string[]) =>
    kubectl().run([
      '--kubeconfig',
      '/dev/null',
      '--server',
      system.cluster.server,
      '--certificate-authority',
      system.cluster.ca.caFile,
      '--token',
      bearer,
      ...args,
    ])
  const patch = (bearer: string, node: string, change: object) =>
    as(bearer, 'patch', 'node', node, '--type', 'merge', '--patch', JSON.stringify(change))
  const taint = { spec: { taints: [{ key: startTaint, effect: 'NoSchedule' }] } }
  for (const { name } of system.nodes) await kubectl().must(['taint', 'node', name, `${startTaint}=:NoSchedule`])
  const none = { spec: { taints: null } }
  const ofOther = 'an agent may change its own node only'
  const ofElse = 'an agent may remove the taint'
  expect((await patch(ofPod, other!.name, none)).stderr).toContain(ofOther)
  expect((await patch(ofNobody, own!.name, none)).stderr).toContain(ofOther)
  for (const change of [
    { spec: { taints: null, unschedulable: true } },
    { spec: { taints: [{ key: 'other', effect: 'NoSchedule' }, ...taint.spec.taints] } },
    { metadata: { labels: { role: 'control' } } },
    { metadata: { annotations: { a: 'b' } } },
  ]) {
    expect((await patch(ofPod, own!.name, change)).stderr, JSON.stringify(change)).toContain(ofElse)
  }
  expect(await patch(ofPod, own!.name, none)).toMatchObject({ status: 0 })
  expect(await taintsOf(own!)).not.toContain(startTaint)
  for (const what of [
    ['get', 'secrets'],
    ['get', 'pods', '-n', namespace],
    ['delete', 'ds/fairlead-agent', '-n', namespace],
  ]) {
    expect((await as(ofPod, ...what)).stderr).toContain('Forbidden')
  }
  await kubectl().must(['taint', 'node', other!.name, `${startTaint}-`])
})

test('helm test fails while a metadata service gives pods the role of their node, and passes when none does', async () => {
  const site = '/run/metadata'
  const roles = `${site}/latest/meta-data/iam/security-credentials`
  const address = 'ip address add 169.254.169.254/32 dev lo'
  const serve = async ({ machine }: KubernetesNode): Promise<Service> => {
    await machine.mustExec('sh', ['-ec', `${address}; mkdir -p ${roles}; echo canary-role > ${roles}/index.html`])
    return machine.spawn('busybox', ['httpd', '-f', '-p', '169.254.169.254:80', '-h', site])
  }
  const test = () => system.chart.helm('test', 'fairlead', '--namespace', namespace, '--timeout', '2m')
  const services = await Promise.all(system.nodes.map(serve))
  expect((await test()).status).not.toBe(0)
  const log = await kubectl().logs('fairlead-metadata-test', namespace)
  expect(log).toContain('METADATA_OPEN_TO_PODS')
  expect(log).toContain('IMDSv1 answered')
  expect(log).not.toContain('canary-role')
  await Promise.all(services.map((service) => service.stop()))
  expect(await test()).toMatchObject({ status: 0 })
})

test('the same agent on a network of its own is never ready: containerd asks the node’s loopback, where it is not', async () => {
  const [node] = system.nodes
  await system.chart.letAgentOn(node!.name, false)
  await expect.poll(() => system.chart.agentOn(node!.name), { timeout: 60_000 }).toBeUndefined()
  const { spec } = await kubectl().get<{ spec: { template: { spec: object } } }>(
    'daemonset',
    'fairlead-agent',
    '--namespace',
    namespace,
  )
  const name = 'not-on-host-network'
  const place = { nodeName: node!.name, nodeSelector: {}, hostNetwork: false }
  await kubectl().apply({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, namespace },
    spec: { ...spec.template.spec, ...place },
  })
  await expect.poll(() => kubectl().logs(name, namespace), { timeout: 60_000 }).toContain('DOOR_UNANSWERED')
  expect(isReady(await kubectl().get<KubernetesPod>('pod', name, '--namespace', namespace))).toBe(false)
  await kubectl().must(['delete', 'pod', name, '--namespace', namespace])
  await system.chart.letAgentOn(node!.name, true)
})

let plane: ControlPlane<FairleadServe>
const nodes = async () => ((await plane.get('/nodes')) as { results: Node[] }).results

describe('with a control plane', () => {
  beforeAll(async () => {
    plane = await startControlPlane(system, { serve: startFairleadServe })
    const { ask, serve } = plane
    const issuer = ['--kubernetes-issuer', system.cluster.server]
    const accounts = ['agent', 'checker'].flatMap((name) => ['--kubernetes-account', `${namespace}/fairlead-${name}`])
    const keys = join(newFolder('jwks'), 'jwks.json')
    await writeFile(keys, await kubectl().must(['get', '--raw', '/openid/v1/jwks']))
    await ask('cloud', 'edit', 'lab', '--join', 'proof', ...issuer, ...accounts, '--kubernetes-keys', keys)
    const { command } = await ask<{ command: string }>('node', 'join-token', '--cloud-name', 'lab')
    const caSha256 = /--ca-sha256 ([0-9a-f]{64})/.exec(command)?.[1] ?? ''
    const secretsFolder = '/etc/fairlead/checker-secrets'
    const copy = `cp -r /etc/fairlead/secrets ${secretsFolder} && chown -R 65532:65532 ${secretsFolder}`
    for (const { machine } of system.nodes) await machine.mustExec('sh', ['-c', copy])
    const checker = { enabled: true, secretsFolder }
    const controlPlane = { host: serve.origin, cloud: 'lab', caSha256 }
    const values = { controlPlane, checker, joinAgents: true, podRecords: true }
    expect(await system.chart.upgrade(values)).toMatchObject({ status: 0 })
  })

  test('a checker joins with a token of this cluster, as an ordinary user, and checks a build', async () => {
    const selector = 'app.kubernetes.io/name=fairlead-checker'
    const [pod] = await kubectl().pods({ namespace, selector })
    const name = pod!.metadata.name
    const principal = `system:serviceaccount:${namespace}:fairlead-checker`
    const own = (await nodes()).filter((node) => node.name === name)
    expect(own).toMatchObject([{ checker: true, state: 'online', identity: { principal, instance: name } }])
    const config = join(newFolder('checked'), 'env.yaml')
    const image = `docker_image: ${system.registry.host}/team/app:1`
    await writeFile(config, `${image}\nray_version: 2.55.1\nregistry_login_secret: ${system.secretName}\n`)
    const built = await plane.fairlead('cluster-env', 'build', '-n', 'checked', config)
    expect(built.stdout + built.stderr).toContain('sha256:')
    expect(built.status).toBe(0)
  })

  test('the agents join as their nodes, and report for which pods an image was pulled, and which pods wait and why', async () => {
    const principal = `system:serviceaccount:${namespace}:fairlead-agent`
    for (const { name } of system.nodes) {
      // The node, and not the pod: the next pod on it takes its place.
      const identity = { principal, instance: name }
      const found = async () => (await nodes()).find((node) => node.name === name)
      await expect.poll(found, { timeout: 60_000 }).toMatchObject({ state: 'online', identity })
    }
    const image = (repository: string) => `${system.registry.host}/${repository}:4`
    await kubectl().apply(deployment('shop', image('team/app')), pod('stranger', image('other/app')))
    const pulledFor = async () => {
      const { results } = (await plane.get('/pulls?purpose=door')) as { results: PullRecord[] }
      return results.find((record) => record.image === image('team/app'))?.pods
    }
    const name = expect.stringMatching(/^shop-/) as string
    const owner = { kind: 'ReplicaSet', name }
    await expect.poll(pulledFor, { timeout: 120_000 }).toEqual([{ namespace: 'default', name, owner }])
    const waiting = async () => (await nodes()).flatMap(({ facts }) => facts?.waiting_pods ?? [])
    await expect.poll(waiting, { timeout: 120_000 }).toMatchObject([
      {
        pod: { namespace: 'default', name: 'stranger', owner: null },
        image: image('other/app'),
        code: 'DOOR_NOT_OPEN',
      },
    ])
    await kubectl().must(['delete', 'pod', 'stranger'])
  })
})

test('a new node whose containerd goes past the door, as with the list of folders on EKS, is not ready and keeps its taint', async () => {
  const configPath = '/etc/containerd/certs.d:/etc/docker/certs.d'
  const node = await system.addNode('node3', { configPath })
  const log = async () => {
    const pod = await agentOn(node).catch(() => null)
    return pod === null ? '' : kubectl().logs(pod.metadata.name, namespace)
  }
  await expect.poll(log, { timeout: 60_000 }).toContain('DOOR_BYPASSED')
  expect(isReady(await agentOn(node))).toBe(false)
  expect(await taintsOf(node)).toContain(startTaint)
  await expect(stat(system.chart.doorFile(node))).rejects.toThrow('ENOENT')
  system.nodes.push(node)
})

test('uninstall leaves no file on any node and no node at the control plane, and takes the rights along', async () => {
  expect(await system.chart.helm('uninstall', 'fairlead', '--namespace', namespace, '--wait')).toMatchObject({
    status: 0,
  })
  await expect.poll(() => kubectl().pods({ namespace }), { timeout: 60_000 }).toEqual([])
  for (const { machine } of system.nodes) {
    const places = ['/etc/containerd', '/var/lib/fairlead']
    const files = (await machine.mustExec('find', [...places, '-type', 'f'])).split('\n').filter(Boolean)
    expect(files.filter((file) => !file.endsWith('/config.toml'))).toEqual([])
  }
  expect((await nodes()).filter(({ state }) => state !== 'revoked')).toEqual([])
  for (const kind of ['clusterrole', 'clusterrolebinding', 'validatingadmissionpolicy']) {
    expect(await kubectl().must(['get', kind, '-o', 'name'])).not.toContain('fairlead')
  }
})
