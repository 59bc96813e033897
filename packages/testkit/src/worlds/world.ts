/**
 * One world for a story: a private registry with an image, the secret manager that holds its login, a control plane and its nodes. Each part
 * is named by the function that starts it, and the world has whatever that function returns.
 */
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Cluster, page } from '@fairlead/contract/wire'
import { allEnded } from '../all-ended.ts'
import type { CommandResult } from '../command.ts'
import { eventually } from '../deadline.ts'
import type { FairleadServe } from '../fairlead/fairlead-serve.ts'
import { makeFakeRayImage, type FakeRayOptions } from '../images/fake-ray-image.ts'
import type { TestNetwork } from '../machines/network.ts'
import { newFolder } from '../run-folder.ts'
import { startControlPlane, type ControlPlane, type ControlPlaneOptions } from './control-plane.ts'
import { onNetwork } from './ground.ts'
import { startLab, type Lab, type LabOptions } from './lab.ts'
import { equip, joinAgent, type Equipment, type TestNode } from './nodes.ts'
import { rayVersion, type ImageMaker } from './ray-images.ts'
import type { PrivateRegistry, PushedImage } from './registries.ts'
import type { SecretManager } from './secret-managers.ts'
import { startWhole } from './start-whole.ts'

const Clusters = page(Cluster)

export interface WorldOptions<Registry, Secrets, Serve, Names extends readonly string[]>
  extends Omit<LabOptions<Registry, Secrets, TestNetwork>, 'on'>, ControlPlaneOptions<Serve>, Equipment {
  readonly image: ImageMaker
  /** The repository of the image; `team/ray` by default. */
  readonly repository?: string
  /** Each with a machine, an engine and the same equipment. */
  readonly nodes: Names
}

export interface World<Registry, Secrets, Serve, Names extends readonly string[]>
  extends Lab<Registry, Secrets, TestNetwork>, ControlPlane<Serve> {
  readonly image: PushedImage
  readonly nodes: { readonly [Index in keyof Names]: TestNode }
  /** Pushes another image that behaves like a Ray image, and returns its name. */
  readonly push: (repository: string, options?: FakeRayOptions) => Promise<string>
  readonly addNode: (name: string, equipment?: Equipment) => Promise<TestNode>
  /** Registers the world's image, or what the configuration says, and ends with the result of its check. */
  readonly build: (name: string, config?: object, ...flags: string[]) => Promise<CommandResult>
  readonly untilCluster: (name: string, holds: (cluster: Cluster) => boolean) => Promise<Cluster>
}

export function startWorld<
  Registry extends PrivateRegistry,
  Secrets extends SecretManager,
  Serve extends FairleadServe,
  const Names extends readonly string[],
>(options: WorldOptions<Registry, Secrets, Serve, Names>): Promise<World<Registry, Secrets, Serve, Names>> {
  return startWhole(async (parts) => {
    const lab = parts.use(await startLab({ ...options, on: onNetwork }))
    const image = await lab.registry.push(options.repository ?? 'team/ray', await options.image())
    const plane = await startControlPlane(lab, options)
    const addNode = async (name: string, equipment: Equipment = options): Promise<TestNode> => {
      const equipped = await equip(lab, name, equipment)
      const agent = await joinAgent(lab, plane, equipped.machine)
      return { ...equipped, agent, nodeId: agent.nodeId }
    }
    const nodes = await allEnded(options.nodes.map((name) => addNode(name)))
    return {
      ...lab,
      ...plane,
      image,
      nodes: nodes as World<Registry, Secrets, Serve, Names>['nodes'],
      addNode,
      async push(repository, ray) {
        return (await lab.registry.push(repository, await makeFakeRayImage({ rayVersion, ...ray }))).reference
      },
      async build(name, config, ...flags) {
        const file = join(newFolder('config'), 'my_cluster_env.yaml')
        const usual = { docker_image: image.reference, ray_version: rayVersion, registry_login_secret: lab.secretName }
        await writeFile(file, JSON.stringify({ ...usual, ...config }))
        return plane.fairlead('cluster-env', 'build', '-n', name, file, ...flags)
      },
      untilCluster(name, holds) {
        // A control plane that restarts, or whose database does, answers again later.
        let said = ''
        return eventually(
          async () => {
            const answer = await plane
              .get(`/clusters?name=${name}`)
              .catch((error: unknown) => void (said = String(error)))
            return answer === undefined ? undefined : Clusters.parse(answer).results.find(holds)
          },
          { what: `cluster ${name} is as it should be`, timeoutMs: 150_000, everyMs: 200, evidence: () => said },
        )
      },
    }
  })
}
