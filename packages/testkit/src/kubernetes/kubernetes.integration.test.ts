/** The test cluster itself: two nodes that are what Kubernetes says they are, and nothing of them when they end. */
import { readFile } from 'node:fs/promises'
import { request, Agent } from 'undici'
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'
import {
  createNetwork,
  isReady,
  makeImage,
  mustRun,
  startKubernetes,
  startWhole,
  waitingFor,
  type KubernetesPod,
} from '../index.ts'

type World = Awaited<ReturnType<typeof start>>

const image = 'test.invalid/app:1'

const start = () =>
  startWhole(async (parts) => {
    const network = parts.use(await createNetwork())
    const cluster = await startKubernetes(network)
    const machines = await Promise.all(['node1', 'node2'].map((name) => network.machine(name)))
    const nodes = await Promise.all(machines.map((machine) => cluster.join(machine)))
    const app = await makeImage({ config: { Cmd: ['sh', '-c', 'echo hello; exec busybox httpd -f -p 8080 -h /etc'] } })
    await Promise.all(nodes.map((node) => node.importImage(app, image)))
    return { ...cluster, network, nodes }
  })

let world: World
let ended = false
const end = async () => {
  if (!ended) await world[Symbol.asyncDispose]()
  ended = true
}
beforeAll(async () => {
  world = await start()
})
afterAll(end)

const podOn = (name: string, node: string, more: object = {}) => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name, labels: { app: name } },
  spec: {
    nodeName: node,
    terminationGracePeriodSeconds: 0,
    containers: [{ name: 'main', image, ...more }],
  },
})

test('pods run on both nodes from an imported image, and find each other by the name of a Service', async () => {
  const { kubectl } = world
  const service = {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: 'one' },
    spec: { selector: { app: 'one' }, ports: [{ port: 80, targetPort: 8080 }] },
  }
  await kubectl.apply(podOn('one', 'node1'), podOn('two', 'node2'), service)
  await Promise.all(['one', 'two'].map((name) => kubectl.untilPod(name, 'is ready', isReady)))
  expect(await kubectl.logs('one')).toBe('hello\n')
  const { spec } = await kubectl.get<{ spec: { clusterIP: string } }>('service', 'one')
  const said = async (...command: string[]) => (await kubectl.exec('two', command)).stdout
  const found = () => said('nslookup', 'one.default.svc.cluster.local')
  await expect.poll(found, { timeout: 30_000 }).toContain(spec.clusterIP)
  // Its wget does not work in an image without a C library.
  const call = `printf 'GET /passwd HTTP/1.0\\r\\n\\r\\n' | nc -w 2 ${spec.clusterIP} 80`
  const fetched = () => said('sh', '-c', call)
  await expect.poll(fetched, { timeout: 30_000 }).toContain('root:x:0:0')
})

test('an image that no registry gives is a sentence of the pod, and an event', async () => {
  const { kubectl } = world
  await kubectl.apply(podOn('none', 'node1', { image: 'registry.invalid/team/app:1' }))
  const waits = (pod: KubernetesPod) => waitingFor(pod).some(({ reason }) => /ImagePull/.test(reason))
  await kubectl.untilPod('none', 'waits for its image', waits)
  const said = (await kubectl.events('none')).map(({ message }) => message).join('\n')
  expect(said).toContain('failed to resolve')
})

test('a user has the rights that it was given, and a token that anyone can verify', async () => {
  const { kubectl, as, server, ca } = world
  const stranger = await as({ user: 'stranger' })
  expect(await stranger.run(['get', 'pods'])).toMatchObject({ status: 1, stderr: expect.stringContaining('Forbidden') })
  const token = (await kubectl.must(['create', 'token', 'default', '--audience', 'somebody'])).trim()
  const [, claims = ''] = token.split('.')
  expect(JSON.parse(Buffer.from(claims, 'base64url').toString())).toMatchObject({ iss: server, aud: ['somebody'] })
  const dispatcher = new Agent({ connect: { ca: ca.caPem } })
  onTestFinished(() => dispatcher.close())
  const answered = async (url: string) => (await request(url, { dispatcher })).body.json()
  const found = (await answered(`${server}/.well-known/openid-configuration`)) as { issuer: string; jwks_uri: string }
  expect(found.issuer).toBe(server)
  expect(await answered(found.jwks_uri)).toMatchObject({ keys: [{ kty: 'RSA', alg: 'RS256' }] })
})

test('leaves no process, mount or cgroup', async () => {
  const { control, nodes, kubectl } = world
  const folders = [control, ...nodes.map(({ machine }) => machine)].map(({ dir }) => dir)
  const pods = await kubectl.pods()
  const containers = pods
    .flatMap(({ status }) => status.containerStatuses ?? [])
    .flatMap(({ containerID }) => containerID ?? [])
  const ids = containers.map((id) => id.replace('containerd://', ''))
  expect(ids).toHaveLength(2)
  const traces = async (): Promise<string[]> => {
    const texts = [
      await mustRun('ps', ['-eo', 'args']),
      await readFile('/proc/mounts', 'utf8'),
      await mustRun('find', ['/sys/fs/cgroup', '-type', 'd']),
    ]
    const lines = texts.join('\n').split('\n')
    return lines.filter((line) => [...folders, ...ids].some((name) => line.includes(name)))
  }
  const before = (await traces()).join('\n')
  for (const name of [...folders, ...ids]) expect(before).toContain(name)
  await end()
  expect(await traces()).toEqual([])
})
