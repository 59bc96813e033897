/** `fairlead pull`: the whole credential path on this machine, once, without a server. Runs the agent's code. */
import { parseImageReference, type Provider } from '@fairlead/contract/names'
import { problem } from '@fairlead/contract/problems'
import { type NodePullEvent, type StepReport } from '@fairlead/contract/wire'
import { loadIdentity } from './channel/node-identity.ts'
import { openPullPath } from '@fairlead/credential-path/open-pull-path'
import type { PulledImage } from '@fairlead/credential-path/image-puller'
import { localName } from '@fairlead/credential-path/pull/local-name'
import { secureProcess } from '@fairlead/credential-path/process/secure-process'

export interface PullOnceOptions {
  readonly image: string
  /** A secret reference; null: anonymous. */
  readonly secret: string | null
  readonly provider: Provider
  /** Null: the default file, which may be absent. */
  readonly policyFile: string | null
  readonly secretsDir: string
  readonly dockerSocket: string
  /** Where records and proofs are stored; null: in memory, for this pull only. */
  readonly stateDir: string | null
  readonly onSteps: (steps: readonly StepReport[]) => void
  /** Called once the pull has ended, whatever the result. */
  readonly onPull?: (event: NodePullEvent) => void
}

export interface ImageOnce extends PulledImage {
  /** The name that Docker uses for it: Docker takes no image by the digest of a registry that it did not ask itself. */
  readonly name: string
}

/** Returns when the image is there; throws a Problem. */
export async function pullOnce(options: PullOnceOptions, signal: AbortSignal): Promise<ImageOnce> {
  secureProcess()
  // Records of a manual pull there would be reported to the control plane as the node's own, and break its chain.
  if (options.stateDir !== null && (await loadIdentity(options.stateDir)) !== null) {
    throw problem('STATE_DIR_OF_NODE', { path: options.stateDir })
  }
  await using path = await openPullPath(
    {
      nodeId: null,
      provider: options.provider,
      policyFile: options.policyFile,
      secretsDir: options.secretsDir,
      dockerSocket: options.dockerSocket,
      ledgerDir: options.stateDir,
      learnPlace: options.secret !== null,
      ...(options.onPull && { onPull: options.onPull }),
    },
    signal,
  )
  const pulled = await path.puller.pull(
    { purpose: 'once', image: options.image, digest: null, secret: options.secret, clusterId: null, buildId: null },
    { signal, onSteps: options.onSteps },
  )
  const { repository, tag } = localName(parseImageReference(options.image), pulled.digest)
  return { ...pulled, name: `${repository}:${tag}` }
}
