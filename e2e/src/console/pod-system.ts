/** Two nodes of a Kubernetes cluster whose agents know its pods: what Ray clusters pulled through doors, and what pods of them wait for. */
import type { PodName, PullRecord, StepReport, WaitingPod } from '@fairlead/contract/wire'
import { postToApi, startFairleadServe, startWhole } from '@fairlead/testkit'
import { startReportingNode, type Pulled } from './reporting-node.ts'

const registry = 'registry.example.com'
const minuteMs = 60_000

const podOf = (namespace: string, cluster: string, part: string): PodName => ({
  namespace,
  name: `${cluster}-${part}`,
  owner: { kind: 'RayCluster', name: cluster },
})

export const pods = {
  trainHead: podOf('ml', 'train', 'head-kx2p7'),
  trainWorkers: [podOf('ml', 'train', 'gpu-worker-4fm9q'), podOf('ml', 'train', 'gpu-worker-zr6tl')],
  serveHead: podOf('ml', 'serve', 'head-9wd5c'),
  sweepHead: podOf('research', 'sweep', 'head-m4h8s'),
  sweepWorkers: [podOf('research', 'sweep', 'cpu-worker-6jx2n'), podOf('research', 'sweep', 'cpu-worker-tq7vb')],
  shell: { namespace: 'default', name: 'shell', owner: null },
} as const

export const images = {
  train: `${registry}/ml/train:2.4`,
  serve: `${registry}/ml/serve:1.9`,
  sweep: `${registry}/research/sweep:7`,
  tools: `${registry}/platform/tools:3`,
} as const

export type PodSystem = Awaited<ReturnType<typeof startPodSystem>>

/** With nodes that have pulled nothing yet. */
export const startPodSystem = () =>
  startWhole(async (parts) => {
    const serve = parts.use(await startFairleadServe())
    const cloud = await postToApi(serve, '/clouds', { name: 'prod', provider: 'aws', join: 'token' })
    const join = async (name: string) => {
      const { token } = await postToApi<{ token: string }>(serve, `/clouds/${cloud.id}/join_tokens`)
      return parts.use(await startReportingNode(serve.origin, token, name))
    }
    return { origin: serve.origin, token: serve.adminToken, nodes: [await join('gpu-1'), await join('gpu-2')] as const }
  })

export const waitsFor = (image: string, pod: PodName, minutes: number, code: WaitingPod['code']): WaitingPod => ({
  pod,
  image,
  since: new Date(Date.now() - minutes * minuteMs).toISOString(),
  code,
})

const bytes = 8_240_000_000
/** In milliseconds. */
const durations = [
  ['secret', 84],
  ['match', 0.2],
  ['challenge', 22],
  ['login', 61],
  ['resolve', 47],
  ['pull', 91_300],
] as const satisfies readonly (readonly [StepReport['step'], number])[]

/** By containerd through its door, for these pods. With a code, the registry knows the login but refuses the manifest. */
export function pulledFor(
  waiting: readonly PodName[],
  image: string,
  minutesAgo: number,
  code: PullRecord['code'] = null,
): Pulled {
  const startedAt = Date.now() - minutesAgo * minuteMs
  const [, repository = ''] = /^[^/]+\/([^:]+):/.exec(image) ?? []
  const shown = code === null ? durations : durations.slice(0, -1)
  let at = startedAt
  const steps = shown.map(([step, duration_ms]): StepReport => {
    const started_at = new Date(at).toISOString()
    at += duration_ms
    const isLast = step === shown.at(-1)?.[0]
    return { step, status: code !== null && isLast ? 'failed' : 'done', started_at, duration_ms }
  })
  return {
    purpose: 'door',
    engine: 'containerd',
    pods: [...waiting],
    cluster_id: null,
    build_id: null,
    image,
    registry,
    repository,
    digest: code === null ? `sha256:${'4f1c9d2ab07e83f6'.repeat(4)}` : null,
    secret_reference: 'ml/registry-login',
    secret_version: '1f0a6c52-8d1b-4a57-9d0e-6c1f6f3b2a10',
    decision: code === null ? 'authenticated' : 'refused',
    login: 'accepted',
    code,
    bytes: code === null ? bytes : 0,
    total_bytes: code === null ? bytes : null,
    started_at: new Date(startedAt).toISOString(),
    duration_ms: at - startedAt,
    steps,
  }
}
