/**
 * What the Python SDK's tests connect to, until standard input ends: a control plane with a real checker and a private
 * registry, and one over TLS without nodes. Prints one line of JSON when everything is up.
 * Clusters run on a simulated node, so that no test needs a Docker Engine; those named `broken…` fail to start on it.
 */
import {
  basicRegistry,
  cliJson,
  makeImage,
  onLoopback,
  secretFiles,
  startChecker,
  startControlPlane,
  startFairleadServe,
  startLab,
} from '@fairlead/testkit'
import { callerOf } from '../packages/control-plane/src/testing/test-control-plane.ts'
import { testNode, workloadReport, type TestNode } from '../packages/control-plane/src/testing/test-node.ts'

await using parts = new AsyncDisposableStack()
const lab = parts.use(
  await startLab({ on: onLoopback, registry: basicRegistry, secrets: secretFiles, secretName: 'registry-login' }),
)
const { ca, login, registry, secretName: secret } = lab
const image = await makeImage({ files: { 'etc/greeting': 'hello' } })
const { digest } = await registry.push('team/my-image', image, { tag: 'tag' })

const plane = await startControlPlane(lab, { serve: startFairleadServe, allow: 'nothing' })
const { serve, cloud } = plane
await plane.ask('cloud', 'grant', secret)
await startChecker(lab, plane)
const admin = callerOf(serve.origin, serve.adminToken)
const stopped = new AbortController()
parts.defer(() => stopped.abort())
void play(await testNode(serve.origin, admin, { id: cloud.id, provider: 'local' }, { name: 'played' }))

const certificate = await ca.issue(['127.0.0.1'])
const tls = { certFile: certificate.certFile, keyFile: certificate.keyFile, caFile: ca.caFile }
const quiet = lab.use(await startFairleadServe({ tls }))
await cliJson(
  [
    'cloud',
    'create',
    '-n',
    'empty',
    '--provider',
    'aws',
    '--region',
    'us-west-2',
    '--join',
    'token',
    '--allow-any-secret',
  ],
  {
    host: quiet.origin,
    token: quiet.adminToken,
    caFile: ca.caFile,
  },
)

process.stdout.write(
  `${JSON.stringify({
    origin: serve.origin,
    token: serve.adminToken,
    log: serve.logFile,
    registry: registry.host,
    secret,
    password: login.password,
    digest,
    quiet: { origin: quiet.origin, token: quiet.adminToken, ca_file: ca.caFile, log: quiet.logFile },
  })}\n`,
)
for await (const _ of process.stdin) continue

/** Carries out every order at once, as far as the control plane can see. */
async function play(node: TestNode): Promise<void> {
  await node.report()
  for (let etag: string | undefined; !stopped.signal.aborted;) {
    const answer = await node.desiredState({ wait: 5, ...(etag !== undefined && { etag }) })
    etag = answer.headers.get('etag') ?? etag
    if (answer.status !== 200) continue
    const { workload } = answer.state
    if (workload === null) await node.report()
    else await node.report({ workload: await reportOf(workload.cluster_id, workload.generation) })
  }
}

async function reportOf(clusterId: string, generation: number) {
  const { name } = (await admin.get(`/clusters/${clusterId}`)).body.result
  const common = { cluster_id: clusterId as Parameters<typeof workloadReport>[0]['cluster_id'], generation, digest }
  if (name.startsWith('broken')) {
    const problem = { code: 'RAY_START_FAILED', facts: { exit_status: 1 } } as const
    return workloadReport({ ...common, phase: 'failed', problem })
  }
  const head = { head_address: '10.0.0.1:6379', dashboard_address: '127.0.0.1:8265', alive_nodes: 1 }
  return workloadReport({ ...common, phase: 'running', ray_version: '2.55.1', ...head })
}
