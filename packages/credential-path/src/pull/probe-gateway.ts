/** Whether the engine reaches this process on loopback, as it must in order to pull: it is asked for an image that is not there. */
import { randomBytes } from 'node:crypto'
import { parseImageReference } from '@fairlead/contract/names'
import { isProblem, problem } from '@fairlead/contract/problems'
import type { Engine } from '../engine/engine.ts'
import { openGateway } from '../gateway/open-gateway.ts'
import type { PullTicket } from '../registry/image/pull-ticket.ts'

/** Throws ENGINE_CANNOT_REACH_GATEWAY, or what the engine itself has to say. Nothing is pulled. */
export async function probeGateway(engine: Engine, signal: AbortSignal): Promise<void> {
  await using gateway = await openGateway(ticketForNothing(), { engine: await engine.processes() }, signal)
  try {
    await engine.pull(gateway.reference, signal)
  } catch (error) {
    // Asked and answered with 404 is all that this is about.
    if (gateway.reached && isProblem(error, 'ENGINE_FAILED')) return
    if (!isProblem(error, 'ENGINE_FAILED')) throw error
    throw problem('ENGINE_CANNOT_REACH_GATEWAY', error.facts)
  }
}

/** The gateway has no manifest for it, so that the engine's first question is its last. */
function ticketForNothing(): PullTicket {
  const digest = `sha256:${randomBytes(32).toString('hex')}`
  return {
    image: parseImageReference('localhost/probe'),
    digest,
    manifests: [],
    config: { mediaType: 'application/vnd.oci.empty.v1+json', digest, size: 2 },
    layers: [],
    platform: '',
    loginUse: 'none',
    totalBytes: 0,
    fetchBlob: () => Promise.reject(problem('INTERNAL')),
  }
}
