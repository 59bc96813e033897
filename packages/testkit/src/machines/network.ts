/**
 * A network of test machines: a bridge in a separate network namespace, with one leg on this host. A bridge on the host itself
 * would not work: another engine's firewall rules drop bridged traffic there.
 */
import { BlockList } from 'node:net'
import { networkInterfaces } from 'node:os'
import { join } from 'node:path'
import { mustRun } from '../command.ts'
import { eventually } from '../deadline.ts'
import { createMachine, type Machine, type MachineOptions } from './machine.ts'
import { startNameServer, type NameServer } from './name-server.ts'
import { holdNamespaces } from './namespaces.ts'
import { newFolder } from '../run-folder.ts'

export interface TestNetwork extends AsyncDisposable {
  /** This host's address there: servers for the machines listen on it. */
  readonly hostAddress: string
  /** `10.x.y.0/24`. */
  readonly range: string
  /** Another address of this host there. */
  readonly addAddress: () => Promise<string>
  /** A new machine on it, named after its host name. */
  readonly machine: (name: string, options?: MachineOptions) => Promise<Machine>
  /** Gives a name its addresses in the machines' name server: see `NameServer`. */
  readonly answerFor: NameServer['answer']
  /** Pulls a machine's cable, or plugs it back in. */
  readonly setLink: (machine: Machine, state: 'up' | 'down') => Promise<void>
  /** Ends its machines, then itself. */
  readonly stop: () => Promise<void>
}

let made = 0

export async function createNetwork(): Promise<TestNetwork> {
  await using parts = new AsyncDisposableStack()
  made += 1
  const link = `fl${process.pid.toString(36)}-${made}`
  const prefix = freePrefix()
  const hostAddress = `${prefix}.1`
  // Disposed last, and the kernel removes a dead namespace's links a moment later.
  parts.defer(async () => {
    await eventually(() => (link in networkInterfaces() ? undefined : true), { what: `the link ${link} is gone` })
  })
  const hub = parts.use(
    await holdNamespaces({
      what: 'the network of the test machines',
      kinds: ['net'],
      logFile: join(newFolder('network'), 'hub.log'),
      setup: 'ip link set lo up\nip link add bridge0 type bridge\nip link set bridge0 up',
    }),
  )
  const inHub = (...args: string[]): Promise<string> => mustRun(...hub.enter('ip', args))
  await mustRun('ip', ['link', 'add', link, 'type', 'veth', 'peer', 'name', 'host', 'netns', String(hub.pid)])
  await inHub('link', 'set', 'host', 'master', 'bridge0', 'up')
  await mustRun('ip', ['address', 'add', `${hostAddress}/24`, 'dev', link])
  await mustRun('ip', ['link', 'set', link, 'up'])
  const nameServer = parts.use(await startNameServer(hostAddress))

  const machines: Machine[] = []
  parts.defer(async () => {
    await Promise.all(machines.map((machine) => machine.stop()))
  })
  const plug = async (machine: Machine, number: number): Promise<void> => {
    const port = `to-${number}`
    await inHub('link', 'add', port, 'type', 'veth', 'peer', 'name', 'eth0', 'netns', String(machine.holderPid))
    await inHub('link', 'set', port, 'master', 'bridge0', 'up')
    await machine.mustExec('ip', ['address', 'add', `${machine.address}/24`, 'dev', 'eth0'])
    await machine.mustExec('ip', ['link', 'set', 'eth0', 'up'])
  }
  let nextNumber = 11
  const whole = parts.move()
  const stop = (): Promise<void> => whole.disposeAsync()
  return {
    hostAddress,
    range: `${prefix}.0/24`,
    answerFor: nameServer.answer,
    async addAddress() {
      const address = `${prefix}.${nextNumber++}`
      await mustRun('ip', ['address', 'add', `${address}/24`, 'dev', link])
      return address
    },
    async machine(name, options) {
      const number = nextNumber++
      const machine = await createMachine(name, { ...options, address: `${prefix}.${number}`, nameServer: hostAddress })
      machines.push(machine)
      await plug(machine, number)
      return machine
    },
    async setLink(machine, state) {
      await inHub('link', 'set', `to-${machine.address.split('.')[3]}`, state)
    },
    stop,
    [Symbol.asyncDispose]: stop,
  }
}

/** Ranges are drawn at random so that parallel runs do not collide; a range already used by this host is skipped. */
function freePrefix(): string {
  const taken = new BlockList()
  for (const { family, cidr } of Object.values(networkInterfaces()).flatMap((list = []) => list)) {
    const [network = '', bits = '32'] = cidr?.split('/') ?? []
    if (family === 'IPv4' && cidr !== null) taken.addSubnet(network, Number(bits), 'ipv4')
  }
  while (true) {
    const prefix = `10.${64 + Math.floor(Math.random() * 64)}.${Math.floor(Math.random() * 256)}`
    if (!taken.check(`${prefix}.1`, 'ipv4')) return prefix
  }
}
