/** (b) The same image with Fairlead: a build, a cluster of two nodes, a Ray task on both, and the same villain. */
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { joinNodes, showLogs, type DemoNode } from '../nodes.ts'
import type { Fairlead } from '../fairlead.ts'
import type { Narrator } from '../narrator.ts'
import { names } from '../settings.ts'
import type { Stage } from '../stage.ts'

export interface Played {
  stage: Stage
  fairlead: Fairlead
  narrator: Narrator
}

export async function prepareCloud({ stage, fairlead, narrator }: Played): Promise<DemoNode[]> {
  narrator.chapter('b. The same image with Fairlead')
  narrator.say(
    `The login is in the cloud's secret manager (moto plays AWS) as ${names.secret}, and nowhere else. The nodes' role may read it. Fairlead gets its name, never its content. An admin describes once where nodes run and which secrets are allowed there:`,
  )
  const cloud = ['--provider', 'aws', '--region', names.region, '--account-id', names.account, '--join', 'token']
  await succeed(fairlead, 'cloud', 'create', '-n', names.cloud, ...cloud, '--node-role', names.role)
  await succeed(fairlead, 'cloud', 'grant', names.secret, '--registry', stage.registry.host)
  narrator.say(
    'Two machines join. Each has a Docker Engine, an agent, and a policy file that only its owner can change.',
  )
  return joinNodes(stage, fairlead, narrator)
}

export async function runCluster(
  played: Played,
  image: string,
  rayVersion: string,
  nodes: readonly DemoNode[],
): Promise<void> {
  const { fairlead, narrator } = played
  narrator.say('A developer registers the image. This is the whole file:')
  const file = await writeEnvironment(played, 'my_cluster_env.yaml', image, rayVersion, names.secret)
  await succeed(fairlead, 'cluster-env', 'build', '-n', names.environment, file)
  narrator.say('A cluster from it, with one worker, on two nodes:')
  const start = ['cluster', 'start', '-n', names.cluster, '--env', names.environment, '--workers', '1']
  try {
    await succeed(fairlead, ...start)
  } catch (error) {
    await showLogs(nodes, narrator)
    throw error
  }
}

export async function writeEnvironment(
  { stage, narrator }: Played,
  file: string,
  image: string,
  rayVersion: string,
  secret: string,
): Promise<string> {
  const yaml = `docker_image: ${image}
ray_version: ${rayVersion}
env_vars:
  MY_VAR: value
registry_login_secret: ${secret}
`
  await writeFile(join(stage.desk, file), yaml)
  narrator.command('you', `cat ${file}`)
  narrator.output(yaml)
  return file
}

export async function meetTheVillain({ stage, fairlead, narrator }: Played): Promise<void> {
  narrator.say('And the same villain, at the same address, with the same token realm. The build is checked again:')
  const { registry, login } = stage
  await registry.takeOver()
  const status = await fairlead.type('cluster-env', 'verify', names.environment)
  narrator.expect(status === 3, 'good', 'Fairlead stopped at the realm, before a byte of the login left the node.')
  const nothing = registry.villain.requests.length === 0 && registry.impostor?.saw(login.password) === false
  narrator.expect(
    nothing && registry.impostor.requests.every((request) => request.headers.authorization === undefined),
    'good',
    `The villain's token server got ${registry.villain.requests.length} requests, the villain's registry ${registry.impostor?.requests.length ?? 0}, none with a login.`,
  )
  await registry.giveBack()
}

/** A step that the story cannot continue without. */
export async function succeed(fairlead: Fairlead, ...args: string[]): Promise<void> {
  const status = await fairlead.type(...args)
  if (status !== 0) throw new Error(`fairlead ${args.join(' ')} ended with ${status}`)
}
