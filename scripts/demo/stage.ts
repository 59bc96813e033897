/** Everything that the story needs: the network, the registry, AWS, the control plane, and three machines. */
import { randomBytes } from 'node:crypto'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import {
  allEnded,
  awsSecrets,
  mayRead,
  newFolder,
  onNetwork,
  startFairleadServe,
  startLab,
  type Machine,
  type TestCa,
} from '@fairlead/testkit'
import { ContestedRegistry } from './contested-registry.ts'
import { names } from './settings.ts'

export type Stage = Awaited<ReturnType<typeof buildStage>>

export async function buildStage(stack: AsyncDisposableStack) {
  const { region, account, role } = names
  const lab = stack.use(
    await startLab({
      on: onNetwork,
      // The password is the canary that the proof searches for.
      login: { username: names.user, password: `canary-${randomBytes(15).toString('base64url')}` },
      secretName: names.secret,
      registry: async ({ host, ca, login, use }) =>
        use(await ContestedRegistry.start({ address: host, tls: ca, users: { [login.username]: login.password } })),
      secrets: awsSecrets({ region, account, role, policy: mayRead(names.secret) }),
    }),
  )
  const { host, network, registry } = lab
  const [serve, laptop, ...nodes] = await allEnded([
    startServe(),
    startMachine('laptop'),
    startMachine('node-1'),
    startMachine('node-2'),
  ])
  await trustForDocker(laptop.machine, registry.host, lab.ca)
  /** `desk`: a folder of the user, with the YAML files. */
  return { ...lab, serve, laptop: laptop.machine, nodes, desk: newFolder('desk') }

  async function startServe() {
    return lab.use(await startFairleadServe({ listen: `${host}:0` }))
  }

  async function startMachine(name: string) {
    const machine = await network.machine(name)
    await machine.writeHosts({ [names.registry]: host, [names.villain]: host })
    return { machine, engine: await machine.startEngine() }
  }
}

async function trustForDocker(machine: Machine, registry: string, ca: TestCa): Promise<void> {
  const folder = join(machine.dockerEtcDir, 'certs.d', registry)
  await mkdir(folder, { recursive: true })
  await writeFile(join(folder, 'ca.crt'), ca.caPem)
}
