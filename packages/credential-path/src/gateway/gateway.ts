/**
 * The loopback registry from which Docker pulls one admitted image, so that the engine never holds a credential (S12). It has its own port
 * and a path of 128 random bits that is never reused, serves only the image's manifest and blobs, and exists only while the pull lasts.
 */
import { randomBytes } from 'node:crypto'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import { isProblem, problem, type Problem } from '@fairlead/contract/problems'
import { imageManifest, type ByteRange, type Descriptor, type PullTicket } from '../registry/image/pull-ticket.ts'
import { untilAborted } from '../process/until-aborted.ts'
import { parseByteRange } from './byte-range.ts'
import { PeerCheck, type AllowedPeer, type PeerVerdict } from './peer-check.ts'
import { parseRoute, type Route } from './route.ts'
import { serveBlob } from './serve-blob.ts'
import type { BlobStore } from '../layers/blob-store.ts'
import type { BlobWatch } from '../layers/resumed-span.ts'

const host = '127.0.0.1'
/** Engines fetch 3 layers at once, or as many as their owner configures, but never hundreds. Strangers do not count: they are dropped at once. */
const mostConnections = 64
/** A burst of strangers waits in the kernel, and the engine among them waits only as long as it takes to check each one. */
const backlog = 511
/** Enough that one read from the registry never waits for the engine twice. */
const writeBufferBytes = 1024 * 1024

export interface GatewayOptions extends Pick<BlobWatch, 'onFetched' | 'onResumed'> {
  /** Whose connections are served. */
  readonly engine: AllowedPeer
  readonly blobs: BlobStore
}

/** One admitted pull, served for as long as it lasts. */
export class Gateway implements AsyncDisposable {
  readonly #ticket: PullTicket
  readonly #options: GatewayOptions
  readonly #signal: AbortSignal
  readonly #server: Server
  readonly #path = randomBytes(16).toString('hex')
  readonly #blobs: ReadonlyMap<string, Descriptor>
  /** Blobs fetched and verified in this pull. */
  readonly verified = new Set<string>()
  readonly #failing = new AbortController()
  readonly #peers: PeerCheck
  readonly #verdicts = new WeakMap<Socket, Promise<PeerVerdict>>()
  readonly #connections = new Set<Socket>()
  /** Whether the engine has requested this pull's path at all. */
  reached = false
  #port = 0
  #closed = false

  private constructor(ticket: PullTicket, options: GatewayOptions, signal: AbortSignal) {
    this.#ticket = ticket
    this.#options = options
    this.#signal = signal
    this.#blobs = new Map([ticket.config, ...ticket.layers].map((blob) => [blob.digest, blob]))
    this.#server = createServer({ highWaterMark: writeBufferBytes, keepAliveTimeout: 75_000 }, (request, response) => {
      void this.#answer(request, response)
    })
    this.#peers = new PeerCheck(options.engine)
    this.#server.on('connection', (socket) => {
      this.#verdicts.set(socket, this.#judge(socket))
    })
  }

  /** Serves the ticket until disposed; an abort ends it at once, including open streams. */
  static async open(ticket: PullTicket, options: GatewayOptions, signal: AbortSignal): Promise<Gateway> {
    const gateway = new Gateway(ticket, options, signal)
    await gateway.#listen()
    return gateway
  }

  async #listen(): Promise<void> {
    this.#signal.throwIfAborted()
    await new Promise<void>((resolve, reject) => {
      this.#server.once('error', reject)
      this.#server.listen({ host, port: 0, backlog }, resolve)
    })
    this.#port = (this.#server.address() as AddressInfo).port
    this.#signal.addEventListener('abort', this.#end, { once: true })
    this.#server.once('close', () => this.#signal.removeEventListener('abort', this.#end))
  }

  /** `127.0.0.1:PORT/<128 random bits>` */
  get name(): string {
    return `${this.#authority}/${this.#path}`
  }

  /** The same, with `@sha256:…`: what Docker pulls. */
  get reference(): string {
    return `${this.name}@${imageManifest(this.#ticket)?.digest ?? this.#ticket.digest}`
  }

  /** The upstream error that made a pull fail, as our own code rather than Docker's message. */
  get failure(): Problem | null {
    const reason: unknown = this.#failing.signal.reason
    return isProblem(reason) ? reason : null
  }

  /** Aborts with `failure` as soon as there is one, so that nothing waits for an engine that retries. */
  get failed(): AbortSignal {
    return this.#failing.signal
  }

  /** The path is dead from here on. Open streams continue: Docker may share one with another pull of the same layer. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#closed = true
    this.#server.close()
    this.#server.closeIdleConnections()
    if (this.#signal.aborted || this.failure !== null) this.#end()
  }

  readonly #end = (): void => {
    this.#closed = true
    this.#server.close()
    this.#server.closeAllConnections()
  }

  get #authority(): string {
    return `${host}:${this.#port}`
  }

  /** A process other than the engine is dropped without an answer and takes no slot. */
  async #judge(socket: Socket): Promise<PeerVerdict> {
    // Read now: a socket that closes in the meantime no longer has its address.
    const { remoteAddress, remotePort = 0 } = socket
    const isLocal = remoteAddress === host
    const verdict = isLocal ? await this.#peers.judge(remotePort, this.#port) : 'stranger'
    if (verdict === 'stranger' || this.#connections.size >= mostConnections) {
      socket.destroy()
      return 'stranger'
    }
    this.#connections.add(socket)
    socket.once('close', () => this.#connections.delete(socket))
    return verdict
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if ((await this.#verdicts.get(request.socket)) !== 'engine') return
    response.once('close', () => this.#closed && this.#server.closeIdleConnections())
    response.setHeader('Docker-Distribution-API-Version', 'registry/2.0')
    if (request.method !== 'GET' && request.method !== 'HEAD') {
      response.setHeader('Allow', 'GET, HEAD')
      return refuse(response, 405, 'UNSUPPORTED')
    }
    // A web page can be made to connect under another name; Docker uses this one.
    if (request.headers.host !== this.#authority) return refuse(response, 404, 'NAME_UNKNOWN')
    const route = parseRoute(request.url ?? '')
    if (route.kind === 'ping') return sendBytes(request, response, 'application/json', Buffer.from('{}'))
    if (this.#closed || route.kind === 'nothing' || route.path !== this.#path) {
      return refuse(response, 404, 'NAME_UNKNOWN')
    }
    this.reached = true
    return route.kind === 'manifests'
      ? this.#sendManifest(request, response, route)
      : this.#sendBlob(request, response, route)
  }

  #sendManifest(request: IncomingMessage, response: ServerResponse, route: ContentRoute): void {
    const manifest = imageManifest(this.#ticket)
    if (manifest?.digest !== route.digest) return refuse(response, 404, 'MANIFEST_UNKNOWN')
    response.setHeader('Docker-Content-Digest', manifest.digest)
    sendBytes(request, response, manifest.mediaType, manifest.bytes)
  }

  async #sendBlob(request: IncomingMessage, response: ServerResponse, route: ContentRoute): Promise<void> {
    const blob = this.#blobs.get(route.digest)
    if (blob === undefined || this.failure !== null) return refuse(response, 404, 'BLOB_UNKNOWN')
    const range = parseByteRange(request.headers.range, blob.size)
    if (range === 'unsatisfiable') {
      response.setHeader('Content-Range', `bytes */${blob.size}`)
      return refuse(response, 416, 'SIZE_INVALID')
    }
    const read = (hungUp: AbortSignal) => this.#read(blob, range, AbortSignal.any([this.#signal, hungUp]))
    try {
      await serveBlob(response, blob, range, read, () => {
        // They come only if the digest of the whole is right.
        if (range === null || range.end === blob.size) this.verified.add(blob.digest)
      })
    } catch (error) {
      // An engine that hung up is not a registry failure.
      if (!this.#signal.aborted && !response.destroyed) this.#fail(isProblem(error) ? error : problem('INTERNAL'))
      // Engines give up at a 404 but retry for minutes after a 5xx. A started response can only be cut.
      if (response.headersSent) response.destroy()
      else refuse(response, 404, 'BLOB_UNKNOWN')
    }
  }

  async *#read(
    blob: Descriptor,
    range: ByteRange | null,
    signal: AbortSignal,
  ): AsyncGenerator<Uint8Array, void, undefined> {
    const { bytes } = await untilAborted(this.#ticket.imageConfig, signal)
    // The admission has read the config.
    if (blob === this.#ticket.config) {
      yield bytes.subarray(range?.start, range?.end)
      return
    }
    const { blobs, engine: _, ...counters } = this.#options
    const watch = { ...counters, signal, rank: this.#ticket.layers.indexOf(blob) }
    yield* blobs.read(blob, this.#ticket, range, watch)
  }

  #fail(failure: Problem): void {
    if (this.failure === null) this.#failing.abort(failure)
  }
}

type ContentRoute = Exclude<Route, { kind: 'ping' | 'nothing' }>

type RegistryErrorCode = 'BLOB_UNKNOWN' | 'MANIFEST_UNKNOWN' | 'NAME_UNKNOWN' | 'SIZE_INVALID' | 'UNSUPPORTED'

/** A refusal in the protocol's own format: Docker cannot handle an empty body. */
function refuse(response: ServerResponse, status: number, code: RegistryErrorCode): void {
  const body = JSON.stringify({ errors: [{ code, message: 'not served by this gateway' }] })
  response.writeHead(status, { 'Content-Type': 'application/json', 'Content-Length': Buffer.byteLength(body) })
  response.end(body)
}

function sendBytes(request: IncomingMessage, response: ServerResponse, mediaType: string, bytes: Uint8Array): void {
  response.writeHead(200, { 'Content-Type': mediaType, 'Content-Length': bytes.length })
  response.end(request.method === 'HEAD' ? undefined : bytes)
}
