/** Everything that the story plays on: the network, the registry, AWS, the control plane, and three machines. */
import { randomBytes } from 'node:crypto'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import {
  createCa,
  createNetwork,
  motoPython,
  newFolder,
  startAwsFront,
  startFairleadServe,
  startMoto,
  type AwsFront,
  type FairleadServe,
  type Login,
  type Machine,
  type Moto,
  type TestCa,
  type TestEngine,
  type TestNetwork,
} from '@fairlead/testkit'
import { ContestedRegistry } from './contested-registry.ts'
import { cacheFolder, names } from './settings.ts'

export interface Stage {
  network: TestNetwork
  ca: TestCa
  registry: ContestedRegistry
  moto: Moto
  aws: AwsFront
  serve: FairleadServe
  laptop: Machine
  nodes: readonly { machine: Machine; engine: TestEngine }[]
  /** Of the private registry; its password is the canary that the proof looks for. */
  login: Login
  /** A folder of the user's, in which the YAML files lie. */
  desk: string
}

export async function buildStage(stack: AsyncDisposableStack): Promise<Stage> {
  const login = { username: names.user, password: `canary-${randomBytes(15).toString('base64url')}` }
  const network = stack.use(await createNetwork())
  const address = network.hostAddress
  const ca = await createCa()
  const python = await motoPython({ cacheDir: cacheFolder })
  const [registry, moto, serve, laptop, ...machines] = await Promise.all([
    ContestedRegistry.start({ address, tls: ca, users: { [login.username]: login.password } }),
    startMoto({ python, region: names.region, account: names.account }),
    startFairleadServe({ dir: newFolder('control-plane'), listen: `${address}:0` }),
    network.machine('laptop'),
    network.machine('node-1'),
    network.machine('node-2'),
  ])
  for (const part of [registry, moto, serve]) stack.use(part)
  const aws = stack.use(
    await startAwsFront({ moto, host: address, tls: ca, role: names.role, policy: mayRead(names.secret) }),
  )
  await moto.putSecret(names.secret, { ...login, server: registry.host })
  for (const machine of [laptop, ...machines]) {
    await machine.writeHosts({ [names.registry]: address, [names.villain]: address })
  }
  await trustForDocker(laptop, registry.host, ca)
  const [, ...engines] = await Promise.all([laptop, ...machines].map((machine) => machine.startEngine()))
  const nodes = machines.flatMap((machine, at) => {
    const engine = engines[at]
    return engine === undefined ? [] : [{ machine, engine }]
  })
  return { network, ca, registry, moto, aws, serve, laptop, nodes, login, desk: newFolder('desk') }
}

/** The policy of the nodes' role: these secrets and no others. */
export function mayRead(...secrets: string[]): Parameters<AwsFront['setPolicy']>[0] {
  const arn = (name: string): string => `arn:aws:secretsmanager:${names.region}:${names.account}:secret:${name}-??????`
  return {
    Version: '2012-10-17',
    Statement: { Effect: 'Allow', Action: 'secretsmanager:GetSecretValue', Resource: secrets.map(arn) },
  }
}

async function trustForDocker(machine: Machine, registry: string, ca: TestCa): Promise<void> {
  const folder = join(machine.dockerEtcDir, 'certs.d', registry)
  await mkdir(folder, { recursive: true })
  await writeFile(join(folder, 'ca.crt'), ca.caPem)
}
