/** A machine with its own metadata service, an engine, and workloads that try to reach the service. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { ask, get, metadata, openMetadataMachine, over, type MetadataMachine } from '../testing/metadata-machine.ts'

/** With IPv6, to cover both families over a bridge. */
const bridge = 'lab'

let cloudy: MetadataMachine
let machine: MetadataMachine['machine']
let live: MetadataMachine['live']
let inWorkload: MetadataMachine['inWorkload']
let getOnMachine: MetadataMachine['getOnMachine']

beforeAll(async () => {
  cloudy = await openMetadataMachine()
  ;({ machine, live, inWorkload, getOnMachine } = cloudy)
  await machine.mustExec('docker', ['network', 'create', '--ipv6', '--subnet', 'fd77:1::/64', bridge])
})
afterAll(() => cloudy[Symbol.asyncDispose]())

/** Starts as root and becomes another user. */
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
  test('reaches the metadata service if nothing is confined', async () => {
    for (const family of ['v4', 'v6'] as const) {
      expect(await inWorkload(get(family), on)).toBe(metadata)
      expect(await inWorkload(afterSetuid(get(family)), on)).toBe(`1000\n${metadata}`)
    }
  })

  test('as root, like the agent, or after setuid, reaches nothing over v4 or v6', async () => {
    expect(await live(over(on), ['prepare', 'assert'])).toEqual(['done', 'done'])
    for (const family of ['v4', 'v6'] as const) {
      expect(await inWorkload(get(family), on)).toBe('nothing')
      expect(await inWorkload(afterSetuid(get(family)), on)).toBe('1000\nnothing')
    }
  })

  test('reaches nothing through an IPv4 address embedded in an IPv6 one, or after moving to another cgroup or network', async () => {
    await live(over(on), ['prepare'])
    expect(await inWorkload(ask('::ffff:169.254.169.254'), on)).toBe('nothing')
    const escape = 'for f in $(find /sys/fs/cgroup -name cgroup.procs); do echo $$ > $f; done 2>/dev/null;'
    expect(await inWorkload(`${escape} ${get('v4')}`, on)).toBe('nothing')
    expect(await inWorkload('iptables -F 2>/dev/null || ip link set lo down 2>/dev/null || echo refused', on)).toBe(
      'refused',
    )
  })

  test('can still resolve names', async () => {
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
  ])('%s: nothing starts, and the start does not put it back', async (_, run) => {
    const became = await live(over(on), ['prepare', 'assert', { run }, 'assert', 'assert'])
    expect(became).toEqual([
      'done',
      'done',
      'done',
      expect.stringMatching(/^METADATA_EXPOSED/),
      expect.stringMatching(/^METADATA_EXPOSED/),
    ])
    // The agent puts it back when it starts again.
    expect(await live(over(on), ['prepare', 'assert'])).toEqual(['done', 'done'])
  })

  test('`workload_metadata: allow` lets it through and removes the earlier rules', async () => {
    await live(over(on), ['prepare'])
    expect(await live({ ...over(on), workload_metadata: 'allow' }, ['prepare', 'assert'])).toEqual(['done', 'done'])
    expect(await inWorkload(get('v4'), on, null)).toBe(metadata)
    expect(await inWorkload(get('v6'), on, null)).toBe(metadata)
    expect(await listings()).not.toContain('FAIRLEAD')
  })
})

test('S14: a started container is within reach of the rule on either network, and runs', async () => {
  expect(await live(over('host'), ['start'])).toEqual(['running', 'done'])
  expect(await live(over(bridge), ['start'])).toEqual(['running', 'done'])
})

test('S14: the agent and everything else on the machine still reach the metadata service', async () => {
  await live(over(bridge), ['prepare', 'assert'])
  expect(await getOnMachine('v4')).toBe(metadata)
  expect(await getOnMachine('v6')).toBe(metadata)
  // Somebody else's container, on the host's network.
  expect(await inWorkload(get('v4'), 'host', null)).toBe(metadata)
})

test('S14: `fairlead doctor` reports whether the rule is in force, and changes nothing', async () => {
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

test('S14: the probe finds an earlier rule that lets traffic through', async () => {
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

test('S14: a network that bypasses this machine’s rules is refused', async () => {
  await machine.mustExec('docker', ['network', 'create', '-d', 'macvlan', '-o', 'parent=eth0', 'beside'])
  expect(await live(over('beside'), ['prepare'])).toEqual([expect.stringMatching(/^METADATA_EXPOSED/)])
  expect(await live(over('nowhere'), ['prepare'])).toEqual([expect.stringMatching(/^METADATA_EXPOSED/)])
})

test('repeated installation leaves one copy, keeps the rules of others, and removal leaves nothing behind', async () => {
  const before = await listings()
  await machine.mustExec('iptables', ['-A', 'OUTPUT', '-d', '192.0.2.1', '-j', 'DROP'])
  for (const on of ['host', bridge, bridge]) await live(over(on), ['prepare'])
  const between = await listings()
  // One in each table, for v4 and v6.
  expect(between.match(/^-A (OUTPUT|PREROUTING) -j FAIRLEAD$/gm)).toHaveLength(4)
  await live({}, ['remove', 'remove'])
  await machine.mustExec('iptables', ['-D', 'OUTPUT', '-d', '192.0.2.1/32', '-j', 'DROP'])
  expect(await listings()).toBe(before)
})

test('nothing is confined on a local node', async () => {
  const before = await listings()
  expect(await live({}, ['prepare', 'assert'], 'local')).toEqual(['done', 'done'])
  expect(await listings()).toBe(before)
})
