/** For tests: a machine with its own metadata service, an engine, and workloads that try to reach the service. */
import { newId } from '@fairlead/contract/names'
import {
  createNetwork,
  eventually,
  makeImage,
  pushImage,
  startRegistry,
  type EngineOptions,
  type Machine,
} from '@fairlead/testkit'
import { DockerEngine } from '@fairlead/credential-path/engine/docker'
import { NodePolicy } from '@fairlead/credential-path/policy/node-policy'
import { startAnsweringProcess } from '@fairlead/credential-path/testing/answering-process'
import { containerSpec } from '../workload/container-options.ts'
import { cgroupParent } from '../confinement/cgroup.ts'

const never = new AbortController().signal
const addresses = { v4: '169.254.169.254', v6: 'fd00:ec2::254' } as const
export type Family = keyof typeof addresses
/** The metadata service's answer. */
export const metadata = 'what only the node may see'

const files = {
  'etc/passwd': 'root:x:0:0::/:/bin/sh\nsomebody:x:1000:1000::/:/bin/sh\n',
  // The command of a workload, whatever the image: here it waits.
  'usr/bin/ray': { content: '#!/bin/sh\nsleep 1000\n', mode: 0o755 },
}

export type Step = 'prepare' | 'assert' | 'start' | 'doctor' | 'remove' | { readonly run: string }

export interface MetadataMachineOptions {
  /** A shell command, on the machine before its engine starts. */
  readonly beforeEngine?: string
  /** Part of the engine's `daemon.json`. */
  readonly config?: EngineOptions['config']
}

/** A container network, as the node's file names it. */
export const over = (name: string) => ({ containers: { network: name } })

export async function openMetadataMachine({ beforeEngine, config }: MetadataMachineOptions = {}) {
  await using parts = new AsyncDisposableStack()
  const network = parts.use(await createNetwork())
  const registry = parts.use(await startRegistry({ host: network.hostAddress, auth: { kind: 'none' } }))
  const { digest } = await pushImage(registry, 'team/app', '1', await makeImage({ files }), null)
  const machine = await network.machine('cloudy')
  if (beforeEngine !== undefined) await machine.mustExec('sh', ['-ec', beforeEngine])
  const daemon = await machine.startEngine({ config: { ...config, 'insecure-registries': [registry.host] } })
  const engine = parts.use(new DockerEngine({ socketPath: daemon.socket }))
  const reference = `${registry.host}/team/app@${digest}`
  await engine.pull(reference, never)
  const imageId = (await engine.image(reference, never))?.id ?? ''
  await startMetadataService(machine)
  const agents = await startAnsweringProcess(machine, lives)

  /** Like any program on the machine, including the agent. */
  const getOnMachine = (family: Family) => getMetadata(machine, family)

  /** One life of an agent on the machine: the result of each step. */
  async function live(policy: object, steps: readonly Step[], provider = 'aws'): Promise<readonly string[]> {
    return agents.ask({ policy, steps, provider, place: placeOn(machine), workload: newWorkload(), imageId })
  }

  /** A command's output in a workload as the agent creates it. */
  async function inWorkload(
    script: string,
    on: string,
    cgroup: string | null = cgroupParent.cgroupfs,
  ): Promise<string> {
    const allowed = NodePolicy.parse(over(on)).containers
    const spec = containerSpec(newWorkload(), { id: imageId, digest: '' }, placeOn(machine), allowed, cgroup)
    const id = await engine.createContainer({ ...spec, command: ['sh', '-c', 'sleep 1000'] }, never)
    try {
      await engine.startContainer(id, never)
      return (await engine.exec(id, ['sh', '-c', script], never)).stdout.trim()
    } finally {
      await engine.removeContainer(id, never)
    }
  }

  const owned = parts.move()
  return { machine, engine, live, inWorkload, getOnMachine, [Symbol.asyncDispose]: () => owned.disposeAsync() }
}

export type MetadataMachine = Awaited<ReturnType<typeof openMetadataMachine>>

/** A shell command: an address's answer, or `nothing`. */
export const ask = (address: string, port = 80) =>
  `answer=$(printf 'GET / HTTP/1.0\\r\\n\\r\\n' | nc -w 3 ${address} ${port} 2>/dev/null | tail -n 1); echo "\${answer:-nothing}"`
export const get = (family: Family) => ask(addresses[family])

async function startMetadataService(machine: Machine): Promise<void> {
  for (const address of ['169.254.169.254/32', '169.254.169.253/32', 'fd00:ec2::254/128']) {
    const family = address.includes(':') ? ['-6', 'nodad'] : ['-4']
    await machine.mustExec('ip', [family[0]!, 'address', 'add', address, 'dev', 'lo', ...family.slice(1)])
  }
  const server = `for (const port of [80, 53]) require('http').createServer((_, answer) => answer.end('${metadata}')).listen(port, '::')`
  machine.spawn(process.execPath, ['-e', server])
  await eventually(async () => ((await getMetadata(machine, 'v4')) === metadata ? true : undefined), {
    what: 'the metadata service',
  })
}

async function getMetadata(machine: Machine, family: Family): Promise<string> {
  const script = `fetch(process.argv[1]).then((answer) => answer.text()).then(console.log, () => console.log('nothing'))`
  const url = `http://${family === 'v6' ? `[${addresses.v6}]` : addresses.v4}/`
  return (await machine.mustExec(process.execPath, ['-e', script, url])).trim()
}

const placeOn = (machine: Machine) => ({
  nodeId: newId('node'),
  cloudId: newId('cld'),
  advertiseAddress: machine.address,
})

const newWorkload = () =>
  ({
    cluster_id: newId('ses'),
    generation: 1,
    docker_image: 'registry.example.com/team/app:1',
    ray_version: '2.55.1',
    registry_login_secret: null,
    digest: null,
    env_vars: {},
    role: 'head',
    head_address: null,
    node_count: 1,
  }) as const

const from = (file: string) => JSON.stringify(new URL(file, import.meta.url).href)

/**
 * Each answer is one life: an agent's knowledge of the rules is in its `confinement`. Started containers are gone at the end; `start` is `running`
 * unless the step itself removes the container.
 */
const lives = `
import { execFileSync } from 'node:child_process'
const { isConfined, openConfinement } = await import(${from('../confinement/confinement.ts')})
const { removeConfinement } = await import(${from('../confinement/remove-confinement.ts')})
const { DockerEngine } = await import(${from('../../../credential-path/src/engine/docker.ts')})
const { NodePolicy } = await import(${from('../../../credential-path/src/policy/node-policy.ts')})
const { CurrentStart } = await import(${from('../workload/current-start.ts')})
const { execute } = await import(${from('../workload/executor.ts')})
const { labels } = await import(${from('../workload/start.ts')})
const engine = new DockerEngine({ socketPath: '/var/run/docker.sock' })
const { signal } = new AbortController()

async function answer({ steps, provider, place, workload, imageId, ...order }) {
  const policy = NodePolicy.parse(order.policy)
  const confinement = openConfinement(provider, policy, engine)
  const ours = () => engine.containers(labels.node + '=' + place.nodeId, signal)
  const became = []

  async function start() {
    const parts = { engine, confinement, containers: policy.containers, place: () => place }
    const current = new CurrentStart(workload, null, () => undefined)
    try {
      await execute({ do: 'create-container', workload, image: { id: imageId, digest: '' } }, current, parts, signal)
    } finally {
      became.push((await ours())[0]?.state ?? 'no container')
      for (const { id } of await ours()) await engine.removeContainer(id, signal)
    }
  }

  for (const step of steps) {
    try {
      if (step === 'prepare') await confinement.prepare(signal)
      else if (step === 'assert') await confinement.assertInForce(signal)
      else if (step === 'start') await start()
      else if (step === 'doctor') {
        became.push(String(await isConfined(provider, policy, engine, signal)))
        continue
      } else if (step === 'remove') await removeConfinement()
      else execFileSync('sh', ['-ec', step.run])
      became.push('done')
    } catch (error) {
      became.push(error.code === 'METADATA_EXPOSED' ? error.code + ': ' + error.facts.reason : String(error))
    }
  }
  return became
}
`
