/** Checks that the engine can reach this process on loopback, which pulls require, by asking it for an image that does not exist. */
import { randomBytes } from 'node:crypto'
import { isProblem, problem } from '@fairlead/contract/problems'
import type { Engine } from '../engine/engine.ts'
import { Gateway } from '../gateway/gateway.ts'
import { BlobStore } from '../layers/blob-store.ts'
import type { PullTicket } from '../registry/image/pull-ticket.ts'

/** Throws ENGINE_CANNOT_REACH_GATEWAY, or the engine's own error. Nothing is pulled. */
export async function probeGateway(engine: Engine, signal: AbortSignal): Promise<void> {
  const options = { engine: await engine.processes(), blobs: new BlobStore([]) }
  await using gateway = await Gateway.open(ticketForNothing(), options, signal)
  try {
    await engine.pull(gateway.reference, signal)
  } catch (error) {
    // A request answered with 404 is all this needs.
    if (gateway.reached && isProblem(error, 'ENGINE_FAILED')) return
    if (!isProblem(error, 'ENGINE_FAILED')) throw error
    throw problem('ENGINE_CANNOT_REACH_GATEWAY', error.facts)
  }
}

/** The gateway has neither a manifest nor a blob with its digest: containerd asks for both before it gives up. */
function ticketForNothing(): PullTicket {
  return {
    where: { registry: 'localhost', repository: 'probe' },
    digest: anyDigest(),
    manifests: [],
    config: { mediaType: 'application/vnd.oci.empty.v1+json', digest: anyDigest(), size: 0 },
    imageConfig: Promise.resolve({ bytes: new Uint8Array(), platform: '', diffIds: [] }),
    dropConfig: () => undefined,
    layers: [],
    totalBytes: 0,
    loginUse: () => Promise.resolve('none'),
    fetchBlob: () => Promise.reject(problem('INTERNAL')),
  }
}

const anyDigest = (): string => `sha256:${randomBytes(32).toString('hex')}`
