/** A control plane that knows the image as a checked build, and machines that join it as nodes. */
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { getCACertificates, setDefaultCACertificates } from 'node:tls'
import { FairleadClient } from '@fairlead/sdk'
import { newFolder, startFairleadAgent, startFairleadServe, type FairleadAgent, type Machine } from '@fairlead/testkit'
import { nodePolicy, type Lab } from './lab.ts'
import { rayVersion } from './private-image.ts'
import { nodeRole, region, secretName } from './secret-manager.ts'

export interface LabControlPlane extends AsyncDisposable {
  readonly client: FairleadClient
  readonly pid: number
  readonly join: (machine: Machine) => Promise<FairleadAgent>
  /** A new cluster of one node, not started. */
  readonly newCluster: () => Promise<string>
}

export async function startControlPlane(lab: Lab): Promise<LabControlPlane> {
  await using parts = new AsyncDisposableStack()
  const serve = parts.use(await startFairleadServe({ listen: `${lab.hostAddress}:0` }))
  await trust(serve.caFile)
  const client = new FairleadClient({ host: serve.origin, token: serve.adminToken })
  const place = { region, account_id: lab.secrets.account, node_role: nodeRole }
  const cloud = await client.clouds.create({ name: 'bench', provider: 'aws', join: 'token', ...place })
  await client.clouds.grant(cloud.id, { reference: secretName, registries: [lab.image.registry] })

  const policy = join(newFolder('checker'), 'policy.yaml')
  await writeFile(policy, nodePolicy(lab.image), { mode: 0o644 })
  const agent = { serve, provider: 'aws', env: lab.secrets.nodeEnv } as const
  // The build is checked by an agent of its own, so that the nodes begin cold.
  const build = await (async () => {
    await using _checker = await startFairleadAgent({ ...agent, name: 'checker', checker: true, policy })
    return await client.buildClusterEnvironment(
      {
        name: 'ray',
        cloud_id: cloud.id,
        config_json: { docker_image: lab.image.image, ray_version: rayVersion, registry_login_secret: secretName },
      },
      { requireCheck: true, timeoutSeconds: 120 },
    )
  })()
  const whole = parts.move()
  let clusters = 0
  return {
    client,
    get pid() {
      return serve.pid
    },
    join: (machine) => startFairleadAgent({ ...agent, machine, name: machine.name }),
    async newCluster() {
      clusters += 1
      const name = `cluster-${clusters}`
      const cluster = await client.clusters.create({ name, cluster_environment_build_id: build.id, cloud_id: cloud.id })
      return cluster.id
    },
    [Symbol.asyncDispose]: () => whole.disposeAsync(),
  }
}

/** For this process's own `fetch`. */
async function trust(caFile: string | null): Promise<void> {
  if (caFile === null) return
  setDefaultCACertificates([...getCACertificates('default'), await readFile(caFile, 'utf8')])
}
