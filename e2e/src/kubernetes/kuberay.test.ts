/** Ray under KubeRay's real operator on a real Kubernetes with the chart, from a private image, with what `fairlead launch-config` prints. */
import { randomBytes } from 'node:crypto'
import { mkdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import {
  canaryForms,
  canaryTable,
  cleanPlace,
  createCa,
  isReady,
  newFolder,
  rowHolds,
  scanFiles,
  scanMemory,
  secretForms,
  startProcessSampler,
  waitingFor,
  whileRayStarts,
  type CanaryRow,
  type FileScan,
  type KubernetesPod,
} from '@fairlead/testkit'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { clusterName, startKubeRaySystem, type KubeRaySystem } from './kuberay-system.ts'

let system: KubeRaySystem

/** The one that the registry takes is the last. */
const passwords: string[] = []

beforeAll(async () => {
  system = await startKubeRaySystem()
  passwords.push(system.login.password)
})
afterAll(() => system[Symbol.asyncDispose]())

const nodesOf = (pods: readonly KubernetesPod[]) => pods.map(({ spec }) => spec.nodeName)
/** Until the head and so many workers are ready, and no more. */
const untilReady = (workers: number) =>
  expect
    .poll(async () => [(await system.readyPods('head')).length, (await system.readyPods('worker')).length], {
      timeout: 240_000,
    })
    .toEqual([1, workers])

/** Runs a command in the head, and returns what it prints. */
async function inHead(...command: string[]): Promise<string> {
  const [head] = await system.readyPods('head')
  const name = head?.metadata.name ?? ''
  const { status, stdout, stderr } = await system.cluster.kubectl.exec(name, command, '--container', 'ray-head')
  expect(status, stderr).toBe(0)
  return stdout.trim()
}
/** Runs Python on the head, and returns what it prints. */
const onHead = (program: string) =>
  inHead('python3', '-c', `import ray; ray.init(address="auto", log_to_driver=False)\n${program}`)

const podOn = (node: string, name: string, image: string, more: object = {}) => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name },
  spec: { nodeName: node, terminationGracePeriodSeconds: 0, containers: [{ name: 'main', image, ...more }] },
})

/** A pod that leaves only so much of the processors of its node to others. */
async function roomOn(node: string, millicores: number) {
  const { status } = await system.cluster.kubectl.get<{ status: { allocatable: { cpu: string } } }>('node', node)
  const cpu = `${Number(status.allocatable.cpu) * 1000 - millicores}m`
  return podOn(node, `rest-of-${node}`, 'registry.k8s.io/pause:3.10.1', { resources: { requests: { cpu } } })
}

test('kubectl takes all of what launch-config prints, and KubeRay runs it: head and worker are on two nodes', async () => {
  const { kubectl } = system.cluster
  const printed = await system.fairlead('launch-config', clusterName, '--for', 'kuberay')
  expect(printed.status, printed.stderr).toBe(0)
  // A head with its autoscaler needs 1000, a worker 500: neither fits where the other does.
  await kubectl.apply(await roomOn('node1', 1200), await roomOn('node2', 700))
  await whileRayStarts(async () => {
    const began = performance.now()
    expect(await kubectl.run(['apply', '-f', '-'], printed.stdout)).toMatchObject({ status: 0, stderr: '' })
    await untilReady(1)
    console.log(`a head and a worker are ready after ${((performance.now() - began) / 1000).toFixed(1)} s`)
  })
  expect(nodesOf([...(await system.readyPods('head')), ...(await system.readyPods('worker'))])).toEqual([
    'node1',
    'node2',
  ])
  await kubectl.must(['delete', 'pod', 'rest-of-node1', 'rest-of-node2'])
}, 600_000)

test('a task runs on each node of it', async () => {
  const addresses = [...(await system.readyPods('head')), ...(await system.readyPods('worker'))].map(
    ({ status }) => status.podIP,
  )
  const program = `
from ray.util.scheduling_strategies import NodeAffinitySchedulingStrategy as On
@ray.remote(num_cpus=0)
def where():
    return ray.util.get_node_ip_address()
nodes = [node["NodeID"] for node in ray.nodes() if node["Alive"]]
print(*ray.get([where.options(scheduling_strategy=On(node, soft=False)).remote() for node in nodes]))`
  expect(new Set((await onHead(program)).split(' '))).toEqual(new Set(addresses))
})

test('Ray asks for a token, which KubeRay keeps in a Secret: the only one in the cluster, and no pod names another', async () => {
  const { kubectl } = system.cluster
  const secrets = await kubectl.list<{ metadata: { name: string }; type: string; data: Record<string, string> }>(
    'secrets',
    '--all-namespaces',
  )
  expect(secrets.map(({ metadata, type, data }) => [metadata.name, type, Object.keys(data)])).toEqual([
    [clusterName, 'Opaque', ['auth_token']],
  ])
  const accounts = await kubectl.list<{ imagePullSecrets?: object[] }>('serviceaccounts', '--all-namespaces')
  expect(accounts.flatMap(({ imagePullSecrets = [] }) => imagePullSecrets)).toEqual([])
  const pods = await kubectl.list<KubernetesPod>('pods', '--all-namespaces')
  expect(pods.length).toBeGreaterThan(1)
  expect(pods.flatMap(({ spec }) => spec.imagePullSecrets ?? [])).toEqual([])
  const [head] = await system.readyPods('head')
  const dashboard = `http://${head?.status.podIP}:8265/api/cluster_status`
  const answer = (...headers: string[]) =>
    system.nodes[0].machine.mustExec('curl', ['-s', '-o', '/dev/null', '-w', '%{http_code}', ...headers, dashboard])
  expect(await answer()).toBe('401')
  const token = Buffer.from(secrets[0]?.data['auth_token'] ?? '', 'base64').toString()
  expect(await answer('-H', `Authorization: Bearer ${token}`)).toBe('200')
})

/** Runs a task on each node and counts in an actor there, over and over, until it is told that this is the last round. Nothing is tried again. */
const worksUntilTold = `
import os, time
from ray.util.scheduling_strategies import NodeAffinitySchedulingStrategy as On
@ray.remote(num_cpus=0, max_retries=0)
def where():
    return ray.util.get_node_ip_address()
@ray.remote(num_cpus=0, max_restarts=0)
class Counter:
    def __init__(self):
        self.count = 0
    def next(self):
        self.count += 1
        return self.count
there = [On(node["NodeID"], soft=False) for node in ray.nodes() if node["Alive"]]
counters = [Counter.options(scheduling_strategy=node).remote() for node in there]
rounds, last = 0, False
while not last:
    last = os.path.exists("/tmp/last")
    rounds += 1
    addresses = ray.get([where.options(scheduling_strategy=node).remote() for node in there])
    counts = ray.get([counter.next.remote() for counter in counters])
    assert len(set(addresses)) == len(there) and counts == [rounds] * len(there), (addresses, counts)
    open("/tmp/rounds", "w").write(str(rounds))
    time.sleep(0.2)
print(rounds)`

test('the chart is upgraded while Ray works: every agent is another, the pods of Ray are the same, and so are the doors’ files', async () => {
  const { chart, cluster, nodes } = system
  const state = async () => ({
    pods: (await cluster.kubectl.pods({ selector: `ray.io/cluster=${clusterName}` })).map(({ metadata, status }) => ({
      uid: metadata.uid,
      restarts: status.containerStatuses?.map(({ restartCount }) => restartCount),
    })),
    doors: await Promise.all(nodes.map(async (node) => (await stat(chart.doorFile(node))).ctimeMs)),
  })
  const agents = async () => (await chart.agents()).map(({ metadata }) => metadata.uid)
  const [before, earlier] = await Promise.all([state(), agents()])
  expect(before.pods.flatMap(({ restarts }) => restarts)).toEqual([0, 0, 0])
  const upgrade = async () => {
    await expect.poll(() => inHead('sh', '-c', 'cat /tmp/rounds || echo 0')).not.toBe('0')
    expect(await chart.upgrade({ resources: { requests: { cpu: '10m' } } })).toMatchObject({ status: 0 })
    await inHead('touch', '/tmp/last')
  }
  const [rounds] = await Promise.all([onHead(worksUntilTold), upgrade()])
  console.log(`Ray did ${rounds} rounds during the upgrade`)
  expect(await state()).toEqual(before)
  const later = await agents()
  expect(later).toHaveLength(2)
  expect(later.filter((uid) => earlier.includes(uid))).toEqual([])
})

/** Makes the next pod of Ray on a node pull again. */
async function forgetRayOn(node: KubeRaySystem['nodes'][number]): Promise<void> {
  for (const image of await node.images()) if (image.includes('/team/ray')) await node.forgetImage(image)
}

test('after it, Ray’s autoscaler has a worker for each processor that is asked for, up to three, with an image that new agents pulled, and ends those that idle', async () => {
  const idle = { spec: { autoscalerOptions: { idleTimeoutSeconds: 1 } } }
  await system.cluster.kubectl.must(['patch', 'raycluster', clusterName, '--type', 'merge', '-p', JSON.stringify(idle)])
  const ask = (count: number) =>
    onHead(`from ray.autoscaler.sdk import request_resources; request_resources(bundles=[{"CPU": 1}] * ${count})`)
  const [old] = await system.readyPods('worker')
  await Promise.all(system.nodes.map(forgetRayOn))
  const began = performance.now()
  const took = () => ((performance.now() - began) / 1000).toFixed(1)
  await whileRayStarts(async () => {
    await ask(3)
    await untilReady(3)
  })
  const added = (await system.readyPods('worker')).map(({ metadata }) => metadata.name)
  const events = await Promise.all(
    added.filter((name) => name !== old?.metadata.name).map((name) => system.cluster.kubectl.events(name)),
  )
  expect(events.flat().map(({ message }) => message)).toContainEqual(
    expect.stringMatching(/^Successfully pulled image "[^"]*\/team\/ray[:@]/),
  )
  console.log(`three workers after ${took()} s`)
  await ask(0)
  await untilReady(1)
  console.log(`one worker after ${took()} s`)
}, 600_000)

test('a worker that ends while the password changes comes back once the secret has the new one', async () => {
  const { cluster, registry, secrets, secretName, login, nodes } = system
  const { kubectl } = cluster
  const changed = { ...login, password: randomBytes(18).toString('base64url') }
  await registry.rotate(login.username, changed.password)
  passwords.push(changed.password)
  const [worker] = await system.readyPods('worker')
  // Its next place is a node without the image, so only a pull brings it back.
  const [, place] = nodes
  await forgetRayOn(place)
  await kubectl.must(['cordon', 'node1'])
  await kubectl.must(['delete', 'pod', worker?.metadata.name ?? ''])
  const waiting = async () => {
    const pods = await kubectl.pods({ selector: `ray.io/cluster=${clusterName},ray.io/node-type=worker` })
    return pods.flatMap(waitingFor).map(({ message }) => message ?? '')
  }
  await expect.poll(waiting, { timeout: 120_000 }).toContainEqual(expect.stringContaining('(REGISTRY_LOGIN_REJECTED)'))
  await secrets.moto.updateSecret(secretName, { ...changed, server: registry.host })
  await whileRayStarts(() => untilReady(1))
  expect(nodesOf(await system.readyPods('worker'))).toEqual([place.name])
}, 600_000)

/** Until Ray no longer counts the node that is gone. */
const untilTwoNodes = `
import time
end = time.monotonic() + 60
while sum(node["Alive"] for node in ray.nodes()) != 2:
    assert time.monotonic() < end, ray.nodes()
    time.sleep(0.5)`

test('a node is drained, and another takes its place: the worker moves there, and Ray has two nodes again', async () => {
  const { cluster, nodes } = system
  const { kubectl } = cluster
  const flags = ['--ignore-daemonsets', '--delete-emptydir-data', '--force', '--timeout=120s']
  await kubectl.must(['drain', 'node2', ...flags])
  nodes.push(await system.addNode('node3'))
  await whileRayStarts(() => untilReady(1))
  expect(nodesOf(await system.readyPods('worker'))).toEqual(['node3'])
  await onHead(untilTwoNodes)
  await kubectl.must(['uncordon', 'node1', 'node2'])
}, 600_000)

/** Asks the door of its own node as an engine would, without an engine's key. */
const asksDoor = `
import socket, ssl
with socket.create_connection(("127.0.0.1", 7464), 10) as plain:
    try:
        with ssl._create_unverified_context().wrap_socket(plain) as door:
            door.sendall(b"GET /v2/ HTTP/1.1\\r\\nhost: 127.0.0.1:7464\\r\\n\\r\\n")
            print("answered", door.recv(100), flush=True)
    except OSError as error:
        print("refused", error.__class__.__name__, flush=True)`

/** Listens in place of the door, with a certificate of its own for its address, and prints whatever is asked. */
const posesAsDoor = `
import http.server, os, ssl
open("/tmp/both.pem", "w").write(os.environ["BOTH"])
server = http.server.HTTPServer(("127.0.0.1", 7464), http.server.BaseHTTPRequestHandler)
context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
context.load_cert_chain("/tmp/both.pem")
server.socket = context.wrap_socket(server.socket, server_side=True)
print("listens", flush=True)
server.serve_forever()`

/** As root on the network of a node, with the image of Ray, which is there. */
async function onNodesNetwork(node: string, name: string, program: string, env: readonly object[] = []) {
  const [head] = await system.readyPods('head')
  const image = head?.spec.containers[0]?.image ?? ''
  const pod = podOn(node, name, image, { command: ['python3', '-c', program], env, securityContext: { runAsUser: 0 } })
  await system.cluster.kubectl.apply({ ...pod, spec: { ...pod.spec, hostNetwork: true, restartPolicy: 'Never' } })
  return () => system.cluster.kubectl.logs(name)
}

test('a pod on the network of its node gets nothing from the door, as root neither', async () => {
  const said = await onNodesNetwork('node1', 'asks', asksDoor)
  await expect.poll(said, { timeout: 60_000 }).toMatch(/^(refused|answered)/)
  expect(await said()).toMatch(/^refused/)
})

test('a node whose agent is down pulls nothing: no request reaches the registry or its name, nor a pod that poses as the door', async () => {
  const { chart, cluster, registry, nodes } = system
  const [node] = nodes
  const { kubectl } = cluster
  const appOn = (name: string, tag: string) =>
    podOn(name, `app-${tag}-on-${name}`, `${registry.host}/team/app:${tag}`, { imagePullPolicy: 'Always' })
  await kubectl.apply(...nodes.map(({ name }) => appOn(name, '1')))
  for (const { name } of nodes) await kubectl.untilPod(`app-1-on-${name}`, 'runs', isReady)
  await chart.letAgentOn(node.name, false)
  await expect.poll(() => chart.agentOn(node.name), { timeout: 60_000 }).toBeUndefined()
  const before = await requests()
  await kubectl.apply(appOn('node1', '2'))
  const waits = (pod: KubernetesPod) => waitingFor(pod).some(({ reason }) => /ImagePull/.test(reason))
  await kubectl.untilPod('app-2-on-node1', 'waits for its image', waits)
  const said = (await kubectl.events('app-2-on-node1')).map(({ message }) => message).join('\n')
  expect(said).toMatch(/127\.0\.0\.1:7464: connect: connection refused/)
  expect([await requests(), registry.canary.calls()]).toEqual([before, 0])

  const stranger = await createCa(undefined, 'stranger')
  const { certFile, keyFile } = await stranger.issue(['127.0.0.1'])
  const both = (await readFile(certFile, 'utf8')) + (await readFile(keyFile, 'utf8'))
  const posed = await onNodesNetwork('node1', 'poses', posesAsDoor, [{ name: 'BOTH', value: both }])
  await expect.poll(posed, { timeout: 60_000 }).toContain('listens')
  await kubectl.must(['delete', 'pod', 'app-2-on-node1'])
  await kubectl.apply(appOn('node1', '2'))
  const unknown = (pod: KubernetesPod) =>
    waitingFor(pod).some(({ message = '' }) => message.includes('unknown authority'))
  await kubectl.untilPod('app-2-on-node1', 'does not trust who listens', unknown)
  expect(await posed()).not.toContain('team/app')
  expect([await requests(), registry.canary.calls()]).toEqual([before, 0])
  await kubectl.must(['delete', 'pod', 'poses', '--force', '--grace-period=0'])

  // The control: without its door, the node calls where the name leads.
  const doors = join(node.root, '/etc/containerd/certs.d')
  const aside = join(node.root, '/etc/containerd/aside')
  await rename(doors, aside)
  await mkdir(doors)
  await kubectl.apply(appOn('node1', '3'))
  await expect.poll(() => registry.canary.calls()).toBeGreaterThan(0)
  expect(await requests()).toBe(before)

  await rm(doors, { recursive: true })
  await rename(aside, doors)
  await chart.letAgentOn(node.name, true)
  await kubectl.untilPod('app-2-on-node1', 'has its image in the end', isReady, { timeoutMs: 240_000 })
})

/** How much the registry has answered so far. */
const requests = async () => (await readFile(system.registry.logFile, 'utf8')).length

/** Images as they were pushed: a blob is named by its digest, and nobody writes to what most of it was unpacked to. */
const imagesOwn = /\.content\/blobs\/|\/snapshots\/\d+\/fs\/usr\//

test('no password is anywhere in Kubernetes, the one before the rotation neither', async () => {
  const { cluster, nodes, registry } = system
  const control = registry.name
  const secrets = passwords.map((value, index) => ({ name: `password ${index + 1}`, value }))
  const forms = canaryForms(secrets, control)
  const rows: CanaryRow[] = []
  const search = async (place: string, ...parts: string[]) => {
    const scans: FileScan[] = []
    for (const part of parts) scans.push(await scanFiles(part, forms, { live: true, except: imagesOwn }))
    const sum = (of: 'filesRead' | 'bytesRead') => scans.reduce((total, scan) => total + scan[of], 0)
    const searched = `${sum('filesRead')} files, ${(sum('bytesRead') / 1e6).toFixed(1)} MB`
    const findings = scans.flatMap((scan) => scan.findings)
    rows.push(cleanPlace({ place, searched, control: 'the name of the registry' }, findings))
  }
  const events = join(newFolder('events'), 'events.json')
  await writeFile(events, await cluster.kubectl.must(['get', 'events', '--all-namespaces', '-o', 'json']))
  await search('events', events)
  await search('etcd', cluster.etcdFolder)
  for (const { name, machine, kubelet, containerd } of nodes) {
    await search(`${name}, kubelet with its pods' files and logs`, kubelet.folder)
    await search(`${name}, containerd, without images’ blobs and /usr`, join(machine.dir, 'containerd'))
    await search(`${name}, logs of containerd and kubelet`, containerd.logFile, kubelet.logFile)
    await search(`${name}, /run`, machine.runDir)
  }
  await using sampler = await startProcessSampler()
  const seen = await sampler.finish(canaryForms(secrets, cluster.server))
  const everyProcess = { place: 'command lines and environments', searched: `${seen.texts} of them` }
  rows.push(cleanPlace({ ...everyProcess, control: 'the address of the API server' }, seen.findings))
  console.log(canaryTable(rows, { color: false }))
  expect(rows.filter((row) => !rowHolds(row))).toEqual([])
  const inManager = await scanMemory(system.secrets.moto.pid, secretForms(passwords.at(-1) ?? ''))
  expect(inManager.findings, 'the password where it belongs').not.toEqual([])
}, 600_000)
