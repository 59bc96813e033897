/**
 * Everything that a user of Fairlead has, with a canary for each password: one registry with Basic and one with Bearer
 * logins, the secret manager, a node with an engine, and the control plane on loopback, whose packets are captured from the first.
 */
import { randomBytes } from 'node:crypto'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import {
  awsSecrets,
  basicRegistry,
  behindProxy,
  capturePackets,
  equip,
  fakeRay,
  freePort,
  joinAgent,
  mayRead,
  newFolder,
  onNetwork,
  rayVersion,
  startControlPlane,
  startFairleadServe,
  startLab,
  startProcessSampler,
  tokenRegistry,
  type FaultProxy,
  type Login,
  type PrivateRegistry,
  type Sought,
} from '@fairlead/testkit'
import { relayLoopback } from './loopback-relay.ts'

export type LoginKind = 'Basic' | 'Bearer'

export interface CanaryCase {
  readonly kind: LoginKind
  /** The name of the cluster and its environment; unlike any other word on this machine. */
  readonly name: string
  readonly secretName: string
  readonly image: string
  readonly repository: string
  readonly password: string
  /** In front of its registry. */
  readonly proxy: FaultProxy
}

export type CanaryStage = Awaited<ReturnType<typeof buildStage>>

export async function buildStage(parts: AsyncDisposableStack) {
  const run = randomBytes(8).toString('hex')
  // The value of an environment variable, which the control plane and Docker do hold: every search must find it.
  const marker = `marker-${run}-${randomBytes(12).toString('hex')}`
  const logins = { Basic: newLogin(), Bearer: newLogin() }
  const secretNames = { Basic: `canary/basic-${run}`, Bearer: `canary/bearer-${run}` }
  const processes = parts.use(await startProcessSampler())
  const lab = parts.use(
    await startLab({
      on: onNetwork,
      login: logins.Basic,
      secretName: secretNames.Basic,
      registry: behindProxy(basicRegistry),
      secrets: awsSecrets({ role: 'canary-node', policy: mayRead('canary/*') }),
    }),
  )
  const bearer = await behindProxy(tokenRegistry('team/bearer'))({ ...lab, login: logins.Bearer })
  await lab.secrets.put(secretNames.Bearer, { ...logins.Bearer, server: bearer.host })
  const image = fakeRay({ layers: [{ randomBytes: 200_000 }] })
  const makeCase = async (
    kind: LoginKind,
    registry: PrivateRegistry & { readonly proxy: FaultProxy },
  ): Promise<CanaryCase> => {
    const word = kind.toLowerCase()
    const repository = `team/${word}`
    const { reference } = await registry.push(repository, await image())
    const { password } = logins[kind]
    const secretName = secretNames[kind]
    return {
      kind,
      name: `canary-${word}-${run}`,
      secretName,
      image: reference,
      repository,
      password,
      proxy: registry.proxy,
    }
  }
  const cases = [await makeCase('Basic', lab.registry), await makeCase('Bearer', bearer)]

  // Known before the control plane starts, so that its first packet is captured.
  const port = await freePort()
  const packets = lab.use(await capturePackets(port))
  const plane = await startControlPlane(lab, {
    serve: (options) => startFairleadServe({ ...options, listen: `127.0.0.1:${port}` }),
    cloud: 'canary',
    allow: 'nothing',
  })
  const { serve, ask } = plane
  const fairlead = async (...args: string[]): Promise<string> => {
    const { status, stdout, stderr } = await plane.fairlead(...args)
    if (status !== 0) throw new Error(`fairlead ${args.join(' ')}: exit ${status}\n${stdout}${stderr}`)
    return stdout
  }
  for (const { secretName, proxy } of cases) await fairlead('cloud', 'grant', secretName, '--registry', proxy.host)

  const { machine, engine } = await equip(lab, 'canary-node', { registries: [bearer] })
  lab.use(await relayLoopback(machine, port))
  const agent = await joinAgent(lab, plane, machine)

  return {
    marker,
    cases,
    processes,
    packets,
    serve,
    machine,
    engine,
    agent,
    moto: lab.secrets.moto,
    fairlead,
    /** What Ray asks for in each cluster so far; no secret of a registry, and in other places. */
    rayTokens: [] as Sought[],
    ask,
    async writeEnvironment({ image, secretName }: CanaryCase): Promise<string> {
      const file = join(newFolder('environment'), 'env.yaml')
      const config = {
        docker_image: image,
        ray_version: rayVersion,
        registry_login_secret: secretName,
        env_vars: { CANARY_MARKER: marker },
      }
      await writeFile(file, JSON.stringify(config))
      return file
    },
    /** Everything that must appear nowhere, as far as it exists by now. A token is recognized by the beginning of its signature. */
    secrets: (): Sought[] => [
      ...cases.map(({ kind, password }) => ({ name: `the ${kind} password`, value: password })),
      ...bearer.tokenServer.tokensOf('puller').map((token, at) => ({
        name: `token ${at + 1}`,
        value: (token.split('.')[2] ?? '').slice(0, 48),
      })),
    ],
  }
}

/** Characters that each encoding changes, and enough randomness to appear nowhere else. */
function newLogin(): Login {
  return { username: 'puller', password: `c4n@ry"/+%~${randomBytes(16).toString('hex')}` }
}
