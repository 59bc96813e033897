/** A machine with a metadata service of its own, an engine on it, and workloads that try to get there. */
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import {
  createNetwork,
  eventually,
  makeImage,
  pushImage,
  startRegistry,
  type Machine,
  type TestNetwork,
} from '@fairlead/testkit'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { containerSpec } from '../workload/container-options.ts'
import { DockerEngine } from '../engine/docker.ts'
import { NodePolicy } from '../policy/node-policy.ts'
import { cgroupParent } from './cgroup.ts'
import { newId } from '@fairlead/contract'

const never = new AbortController().signal
const addresses = { v4: '169.254.169.254', v6: 'fd00:ec2::254' } as const
const metadata = 'what only the node may see'
/** With IPv6, so that both ways over a bridge exist. */
const bridge = 'lab'

const users = 'root:x:0:0::/:/bin/sh\nsomebody:x:1000:1000::/:/bin/sh\n'

const parts = new AsyncDisposableStack()
let network: TestNetwork
let machine: Machine
let engine: DockerEngine
let imageId: string

beforeAll(async () => {
  network = parts.use(await createNetwork())
  const registry = parts.use(await startRegistry({ host: network.hostAddress, auth: { kind: 'none' } }))
  const { digest } = await pushImage(
    registry,
    'team/app',
    '1',
    await makeImage({ files: { 'etc/passwd': users } }),
    null,
  )
  machine = await network.machine('cloudy')
  const daemon = await machine.startEngine({ config: { 'insecure-registries': [registry.host] } })
  engine = parts.use(new DockerEngine({ socketPath: daemon.socket }))
  const reference = `${registry.host}/team/app@${digest}`
  await engine.pull(reference, never)
  imageId = (await engine.image(reference, never))?.id ?? ''
  await machine.mustExec('docker', ['network', 'create', '--ipv6', '--subnet', 'fd77:1::/64', bridge])
  for (const address of ['169.254.169.254/32', '169.254.169.253/32', 'fd00:ec2::254/128']) {
    const family = address.includes(':') ? ['-6', 'nodad'] : ['-4']
    await machine.mustExec('ip', [family[0]!, 'address', 'add', address, 'dev', 'lo', ...family.slice(1)])
  }
  const server = `for (const port of [80, 53]) require('http').createServer((_, answer) => answer.end('${metadata}')).listen(port, '::')`
  machine.spawn(process.execPath, ['-e', server])
  await eventually(async () => ((await getOnMachine('v4')) === metadata ? true : undefined), {
    what: 'the metadata service',
  })
})
afterAll(() => parts.disposeAsync())

/** As any program of the machine, the agent among them. */
async function getOnMachine(family: keyof typeof addresses): Promise<string> {
  const script = `fetch(process.argv[1]).then((answer) => answer.text()).then(console.log, () => console.log('nothing'))`
  return (
    await machine.mustExec(process.execPath, [
      '-e',
      script,
      `http://${family === 'v6' ? `[${addresses.v6}]` : addresses.v4}/`,
    ])
  ).trim()
}

type Step = 'prepare' | 'assert' | 'doctor' | 'remove' | { readonly run: string }

/** One life of an agent on the machine: what became of each step. */
async function live(policy: object, steps: readonly Step[], provider = 'aws'): Promise<readonly string[]> {
  const script = join(machine.dir, 'life.mjs')
  const from = (file: string) => JSON.stringify(new URL(file, import.meta.url).href)
  await writeFile(
    script,
    `
    import { execFileSync } from 'node:child_process'
    import { isConfined, openConfinement } from ${from('./confinement.ts')}
    import { removeConfinement } from ${from('./remove-confinement.ts')}
    import { DockerEngine } from ${from('../engine/docker.ts')}
    import { NodePolicy } from ${from('../policy/node-policy.ts')}
    const { policy, steps, provider } = JSON.parse(process.argv[2])
    const engine = new DockerEngine({ socketPath: '/var/run/docker.sock' })
    const confinement = openConfinement(provider, NodePolicy.parse(policy), engine)
    const { signal } = new AbortController()
    const became = []
    for (const step of steps) {
      try {
        if (step === 'prepare') await confinement.prepare(signal)
        else if (step === 'assert') await confinement.assertInForce(signal)
        else if (step === 'doctor') {
          became.push(String(await isConfined(provider, NodePolicy.parse(policy), engine, signal)))
          continue
        } else if (step === 'remove') await removeConfinement()
        else execFileSync('sh', ['-ec', step.run])
        became.push('done')
      } catch (error) {
        became.push(error.code === 'METADATA_EXPOSED' ? error.code + ': ' + error.facts.reason : String(error))
      }
    }
    await engine[Symbol.asyncDispose]()
    console.log(JSON.stringify(became))
    `,
  )
  const said = await machine.mustExec(process.execPath, [script, JSON.stringify({ policy, steps, provider })])
  return JSON.parse(said) as readonly string[]
}

const over = (name: string) => ({ containers: { network: name } })

/** A workload as the agent makes it, and what a command in it printed. */
async function inWorkload(script: string, on: string, cgroup: string | null = cgroupParent.cgroupfs): Promise<string> {
  const workload = {
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
  } as const
  const place = { nodeId: newId('node'), cloudId: newId('cld'), advertiseAddress: machine.address }
  const policy = NodePolicy.parse(over(on))
  const spec = containerSpec(workload, { id: imageId, digest: '' }, place, policy.containers, cgroup)
  const id = await engine.createContainer({ ...spec, command: ['sh', '-c', 'sleep 1000'] }, never)
  try {
    await engine.startContainer(id, never)
    return (await engine.exec(id, ['sh', '-c', script], never)).stdout.trim()
  } finally {
    await engine.removeContainer(id, never)
  }
}

const ask = (address: string, port = 80) =>
  `answer=$(printf 'GET / HTTP/1.0\\r\\n\\r\\n' | nc -w 3 ${address} ${port} 2>/dev/null | tail -n 1); echo "\${answer:-nothing}"`
const get = (family: keyof typeof addresses) => ask(addresses[family])
/** It begins as root, and becomes another user. */
const afterSetuid = (script: string) =>
  `cat > /tmp/script <<'END'\n${script}\nEND\n/bin/busybox su somebody -c 'id -u; sh /tmp/script'`

const listings = async () => {
  const tables = ['iptables', 'ip6tables'].flatMap((program) => ['filter', 'raw'].map((table) => [program, table]))
  const all = await Promise.all(tables.map(([program, table]) => machine.mustExec(program!, ['-t', table!, '-S'])))
  return all.join('')
}

beforeEach(async () => {
  await live({}, ['remove'])
})

describe.each(['host', bridge])('S14: a workload on the network %s', (on) => {
  test('gets to the metadata service where nothing is confined', async () => {
    for (const family of ['v4', 'v6'] as const) {
      expect(await inWorkload(get(family), on)).toBe(metadata)
      expect(await inWorkload(afterSetuid(get(family)), on)).toBe(`1000\n${metadata}`)
    }
  })

  test('as root, which the agent is too, and after setuid gets nothing, over v4 and v6', async () => {
    expect(await live(over(on), ['prepare', 'assert'])).toEqual(['done', 'done'])
    for (const family of ['v4', 'v6'] as const) {
      expect(await inWorkload(get(family), on)).toBe('nothing')
      expect(await inWorkload(afterSetuid(get(family)), on)).toBe('1000\nnothing')
    }
  })

  test('gets nothing by the IPv4 address inside an IPv6 one, or after it left for another cgroup or network', async () => {
    await live(over(on), ['prepare'])
    expect(await inWorkload(ask('::ffff:169.254.169.254'), on)).toBe('nothing')
    const escape = 'for f in $(find /sys/fs/cgroup -name cgroup.procs); do echo $$ > $f; done 2>/dev/null;'
    expect(await inWorkload(`${escape} ${get('v4')}`, on)).toBe('nothing')
    expect(await inWorkload('iptables -F 2>/dev/null || ip link set lo down 2>/dev/null || echo refused', on)).toBe(
      'refused',
    )
  })

  test('still has names', async () => {
    await live(over(on), ['prepare'])
    const names = (address: string) => ask(address, 53)
    expect(await inWorkload(names('169.254.169.253'), on)).toBe(metadata)
    expect(await inWorkload(names('169.254.169.254'), on)).toBe('nothing')
    await live(over(on), ['prepare'], 'gcp')
    expect(await inWorkload(names('169.254.169.254'), on)).toBe(metadata)
    expect(await inWorkload(get('v4'), on)).toBe('nothing')
  })

  test.each([
    ['the chain of v4 flushed', 'iptables -F FAIRLEAD; iptables -t raw -F'],
    ['the chain of v6 flushed', 'ip6tables -F FAIRLEAD; ip6tables -t raw -F'],
    ['all rules flushed, as a reload of a firewall does', 'iptables -F; iptables -t raw -F; iptables -X FAIRLEAD'],
  ])('%s: nothing starts, and it is not put back by the start', async (_, run) => {
    const became = await live(over(on), ['prepare', 'assert', { run }, 'assert', 'assert'])
    expect(became).toEqual([
      'done',
      'done',
      'done',
      expect.stringMatching(/^METADATA_EXPOSED/),
      expect.stringMatching(/^METADATA_EXPOSED/),
    ])
    // The next life of the agent puts it back.
    expect(await live(over(on), ['prepare', 'assert'])).toEqual(['done', 'done'])
  })

  test('`workload_metadata: allow` lets it through, and takes the rules of before away', async () => {
    await live(over(on), ['prepare'])
    expect(await live({ ...over(on), workload_metadata: 'allow' }, ['prepare', 'assert'])).toEqual(['done', 'done'])
    expect(await inWorkload(get('v4'), on, null)).toBe(metadata)
    expect(await inWorkload(get('v6'), on, null)).toBe(metadata)
    expect(await listings()).not.toContain('FAIRLEAD')
  })
})

test('S14: the agent and all else on the machine get to the metadata service as before', async () => {
  await live(over(bridge), ['prepare', 'assert'])
  expect(await getOnMachine('v4')).toBe(metadata)
  expect(await getOnMachine('v6')).toBe(metadata)
  // A container of somebody else, on the host's network.
  expect(await inWorkload(get('v4'), 'host', null)).toBe(metadata)
})

test('S14: `fairlead doctor` finds whether the rule is in force, and puts nothing in place', async () => {
  const run = 'iptables -F FAIRLEAD'
  expect(await live({}, ['doctor', 'doctor', 'prepare', 'doctor', { run }, 'doctor'])).toEqual([
    'false',
    'false',
    'done',
    'true',
    'done',
    'false',
  ])
  expect(await live({ workload_metadata: 'allow' }, ['prepare', 'doctor'])).toEqual(['done', 'false'])
  expect(await live({}, ['doctor'], 'local')).toEqual(['true'])
})

test('S14: a rule before ours that lets through is found by the probe', async () => {
  const run = 'iptables -I OUTPUT 1 -d 169.254.169.254 -j ACCEPT'
  const became = await live({}, [
    'prepare',
    { run },
    'assert',
    { run: run.replace('-I OUTPUT 1', '-D OUTPUT') },
    'assert',
  ])
  expect(became).toEqual([
    'done',
    'done',
    'METADATA_EXPOSED: 169.254.169.254 was reached from the cgroup of the workloads',
    'done',
    'done',
  ])
})

test('S14: a network that passes by this machine’s rules is refused', async () => {
  await machine.mustExec('docker', ['network', 'create', '-d', 'macvlan', '-o', 'parent=eth0', 'beside'])
  expect(await live(over('beside'), ['prepare'])).toEqual([expect.stringMatching(/^METADATA_EXPOSED/)])
  expect(await live(over('nowhere'), ['prepare'])).toEqual([expect.stringMatching(/^METADATA_EXPOSED/)])
})

test('put in place again and again it stays one; rules of others stay; removed, nothing of it is left', async () => {
  const before = await listings()
  await machine.mustExec('iptables', ['-A', 'OUTPUT', '-d', '192.0.2.1', '-j', 'DROP'])
  for (const on of ['host', bridge, bridge]) await live(over(on), ['prepare'])
  const between = await listings()
  // One in each table of v4 and v6.
  expect(between.match(/^-A (OUTPUT|PREROUTING) -j FAIRLEAD$/gm)).toHaveLength(4)
  await live({}, ['remove', 'remove'])
  await machine.mustExec('iptables', ['-D', 'OUTPUT', '-d', '192.0.2.1/32', '-j', 'DROP'])
  expect(await listings()).toBe(before)
})

test('on a local node nothing is confined', async () => {
  const before = await listings()
  expect(await live({}, ['prepare', 'assert'], 'local')).toEqual(['done', 'done'])
  expect(await listings()).toBe(before)
})
