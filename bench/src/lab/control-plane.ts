/** A control plane that knows the image as a checked build, and machines that join it as nodes. */
import { readFile } from 'node:fs/promises'
import { getCACertificates, setDefaultCACertificates } from 'node:tls'
import { FairleadClient } from '@fairlead/sdk'
import {
  rayVersion,
  startChecker,
  startControlPlane as startPlane,
  startFairleadAgent,
  startFairleadServe,
  type FairleadAgent,
  type Machine,
} from '@fairlead/testkit'
import { agentEnvironment } from '../../../packages/cli/src/commands/agent/agent-environment.ts'
import { nodePolicy, type Lab } from './lab.ts'

export interface LabControlPlane extends AsyncDisposable {
  readonly client: FairleadClient
  readonly pid: number
  readonly join: (machine: Machine) => Promise<FairleadAgent>
  /** A new one-node cluster, not started. */
  readonly newCluster: () => Promise<string>
}

/** `prefetch`: whether idle nodes bring the image. */
export async function startControlPlane(lab: Lab, { prefetch = false } = {}): Promise<LabControlPlane> {
  const { image, secretName, secrets } = lab
  const { serve, cloud } = await startPlane(lab, { serve: startFairleadServe, cloud: 'bench', allow: 'login' })
  await trust(serve.caFile)
  const client = new FairleadClient({ host: serve.origin, token: serve.adminToken })
  // A separate agent checks the build, so that the nodes start cold.
  const build = await (async () => {
    await using _checker = await startChecker(lab, { serve }, { policy: nodePolicy })
    return await client.buildClusterEnvironment(
      {
        name: 'ray',
        cloud_id: cloud.id,
        prefetch,
        config_json: { docker_image: image.reference, ray_version: rayVersion, registry_login_secret: secretName },
      },
      { requireCheck: true, timeoutSeconds: 120 },
    )
  })()
  let clusters = 0
  return {
    client,
    get pid() {
      return serve.pid
    },
    join: (machine) => {
      const env = { ...agentEnvironment, ...secrets.env }
      return startFairleadAgent({ serve, machine, name: machine.name, provider: secrets.provider, env })
    },
    async newCluster() {
      clusters += 1
      const name = `cluster-${clusters}`
      const cluster = await client.clusters.create({ name, cluster_environment_build_id: build.id, cloud_id: cloud.id })
      return cluster.id
    },
    [Symbol.asyncDispose]: () => serve.stop(),
  }
}

/** For this process's own `fetch`. */
export async function trust(caFile: string | null): Promise<void> {
  if (caFile === null) return
  setDefaultCACertificates([...getCACertificates('default'), await readFile(caFile, 'utf8')])
}
