/** A control plane on a real socket, and shorthands for the clouds, nodes, builds and clusters that its tests start from. */
import { randomBytes } from 'node:crypto'
import { testControlPlane, type TestControlPlane } from './test-control-plane.ts'
import { testNode, type TestNode } from './test-node.ts'

interface MadeCloud {
  id: string
  provider: string
}

export const unique = (name: string) => `${name}-${randomBytes(4).toString('hex')}`

export class TestFleet implements AsyncDisposable {
  readonly running: TestControlPlane

  private constructor(running: TestControlPlane) {
    this.running = running
  }

  static async start(): Promise<TestFleet> {
    return new TestFleet(await testControlPlane())
  }

  async makeCloud(): Promise<MadeCloud> {
    return (await this.running.admin.post('/clouds', { name: unique('cloud'), provider: 'local' })).body.result
  }

  join(cloud: MadeCloud, options: { name?: string; checker?: boolean } = {}): Promise<TestNode> {
    return testNode(this.running.plane.origin, this.running.admin, cloud, { name: unique('node'), ...options })
  }

  async makeBuild(cloudId: string, config: object = {}): Promise<{ id: string }> {
    const made = await this.running.admin.post('/cluster_environments', {
      name: unique('env'),
      config_json: {
        docker_image: 'registry.example.com/team/app:1',
        ray_version: '2.55.1',
        env_vars: { A: 'b' },
        ...config,
      },
      cloud_id: cloudId,
    })
    return made.body.result.latest_build
  }

  async buildNow(id: string) {
    return (await this.running.admin.get(`/cluster_environment_builds/${id}`)).body.result
  }

  async clusterNow(id: string) {
    return (await this.running.admin.get(`/clusters/${id}`)).body.result
  }

  async startCluster(buildId: string, workers: number, extra: object = {}) {
    const made = await this.running.admin.post('/clusters', {
      name: unique('cluster'),
      cluster_environment_build_id: buildId,
      worker_count: workers,
      ...extra,
    })
    return (await this.running.admin.post(`/clusters/${made.body.result.id}/start`)).body.result
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.running[Symbol.asyncDispose]()
  }
}
