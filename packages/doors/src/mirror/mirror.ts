/**
 * The standing registry mirror: an engine of this machine that asks for an image gets what this node's login may have, and never the login.
 * Every tag is resolved at the registry. An Authorization header of the engine is passed to nobody,
 * and read only for a ticket of our own.
 */
import type { IncomingMessage, ServerResponse } from 'node:http'
import { isProblem, problem, type Problem } from '@fairlead/contract/problems'
import type { DoorEngine } from '@fairlead/contract/wire'
import { parseByteRange } from '@fairlead/credential-path/gateway/byte-range'
import { serveBlob } from '@fairlead/credential-path/gateway/serve-blob'
import type { ManifestHead } from '@fairlead/credential-path/registry/repository'
import { isNonce, probeRepository } from '../upkeep/probe.ts'
import type { Door } from './door-table.ts'
import { parseMirrorRoute, type MirrorRoute } from './mirror-route.ts'
import { refusalOf } from './refusal.ts'
import type { Visits } from './visits.ts'

export interface MirrorParts {
  /**
   * The door of a repository under the owner's files as they are now, and the pulls that run under it. `authorization`: where pods have different
   * rights, it has the ticket that says whose pod pulls. Throws a Problem.
   */
  readonly doorFor: (
    registry: string,
    repository: string,
    authorization: string | undefined,
  ) => { readonly door: Door; readonly visits: Visits }
  /** Throws a Problem if the registry has no door that could be open now. */
  readonly requireDoor: (registry: string) => void
  /** What shows an engine's prober that it reached this mirror. */
  readonly proofOf: (engine: DoorEngine, nonce: string) => string
}

type ContentRoute = Exclude<MirrorRoute, { kind: 'ping' | 'nothing' }>

/** Answers one request of an engine; never throws. */
export async function answerEngine(
  request: IncomingMessage,
  response: ServerResponse,
  engine: DoorEngine,
  parts: MirrorParts,
): Promise<void> {
  response.setHeader('Docker-Distribution-API-Version', 'registry/2.0')
  try {
    if (request.method !== 'GET' && request.method !== 'HEAD') {
      response.setHeader('Allow', 'GET, HEAD')
      throw problem('DOOR_REQUEST_INVALID')
    }
    const route = parseMirrorRoute(request.url ?? '')
    if (route.kind === 'nothing') throw problem('DOOR_REQUEST_INVALID')
    if (route.kind === 'ping') return send(request, response, 'application/json', Buffer.from('{}'))
    await answerRoute(request, response, route, engine, parts)
  } catch (error) {
    refuse(request, response, isProblem(error) ? error : problem('INTERNAL'))
  }
}

async function answerRoute(
  request: IncomingMessage,
  response: ServerResponse,
  route: ContentRoute,
  engine: DoorEngine,
  { doorFor, requireDoor, proofOf }: MirrorParts,
): Promise<void> {
  const { registry, repository } = route
  if (repository === probeRepository && route.kind === 'manifests' && isNonce(route.reference)) {
    requireDoor(registry)
    const found = problem('DOOR_PROBE_ANSWERED', { name: route.reference })
    return refuse(request, response, found, proofOf(engine, route.reference))
  }
  const { door, visits } = doorFor(registry, repository, request.headers.authorization)
  const ask = { engine, door, repository } as const
  switch (route.kind) {
    case 'manifests': {
      const { reference } = route
      if (request.method === 'HEAD') {
        const head = await visits.serve({ ...ask, kind: 'manifest', reference }, (visit) => visit.head(reference))
        writeManifestHead(response, head)
        response.end()
        return
      }
      const found = await visits.serve({ ...ask, kind: 'manifest', reference }, (visit) => visit.manifest(reference))
      writeManifestHead(response, found)
      response.end(found.bytes)
      return
    }
    case 'referrers': {
      const { digest, query } = route
      const question = { ...ask, kind: 'manifest', reference: digest } as const
      try {
        const index = await visits.serve(question, (visit) => visit.referrers(digest, query))
        return send(request, response, index.mediaType, index.bytes)
      } catch (error) {
        if (!isProblem(error, 'IMAGE_NOT_FOUND')) throw error
        // What a registry without this part of the specification answers; a client then looks for a tag.
        response.writeHead(404, { 'Content-Length': 0 }).end()
        return
      }
    }
    case 'blobs':
      await visits.serve({ ...ask, kind: 'blob', reference: route.digest }, async (visit) => {
        const { blob, mayRange, over, read } = await visit.blob(route.digest)
        const asked = parseByteRange(request.headers.range, blob.size)
        if (asked === 'unsatisfiable') {
          response.writeHead(416, { 'Content-Range': `bytes */${blob.size}`, 'Content-Length': 0 }).end()
          return
        }
        // containerd takes the whole for any part that it asked for, so without room to share one fetch a later part is refused.
        if (asked !== null && asked.start > 0 && !mayRange) throw problem('NODE_DISK_FULL')
        const range = mayRange ? asked : null
        // An engine that does not read would keep its connection for ever.
        const cut = (): void => void response.destroy()
        over.addEventListener('abort', cut, { once: true })
        response.once('close', () => over.removeEventListener('abort', cut))
        await serveBlob(response, blob, range, (hungUp) => read(range, hungUp))
      })
  }
}

function writeManifestHead(response: ServerResponse, { mediaType, digest, size }: ManifestHead): void {
  response.writeHead(200, {
    'Content-Type': mediaType,
    'Content-Length': size,
    'Docker-Content-Digest': digest,
    ETag: `"${digest}"`,
  })
}

function send(request: IncomingMessage, response: ServerResponse, mediaType: string, bytes: Uint8Array): void {
  response.writeHead(200, { 'Content-Type': mediaType, 'Content-Length': bytes.length })
  response.end(request.method === 'HEAD' ? undefined : bytes)
}

/** An answer that has begun can only be cut; the engine asks again from there. */
function refuse(request: IncomingMessage, response: ServerResponse, found: Problem, proof = ''): void {
  if (response.headersSent) return void response.destroy()
  const { status, reason, body } = refusalOf(found, proof)
  // Only then does an engine show the ticket that it was given.
  if (status === 401) response.setHeader('WWW-Authenticate', 'Basic realm="fairlead"')
  response.writeHead(status, reason, { 'Content-Type': 'application/json', 'Content-Length': Buffer.byteLength(body) })
  response.end(request.method === 'HEAD' ? undefined : body)
}
