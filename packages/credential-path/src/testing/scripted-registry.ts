/** An in-process registry for tests: it gives scripted answers and records everything it was sent. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { digestOf } from '../registry/image/manifest.ts'

export interface Seen {
  readonly method: string
  readonly url: string
  readonly authorization: string | null
  readonly headers: IncomingMessage['headers']
}

/** Returns true if it has answered; otherwise the next one does, and finally the registry itself. */
export type Interception = (request: IncomingMessage, response: ServerResponse) => boolean

export interface Stored {
  readonly mediaType: string
  readonly bytes: Buffer
}

export class ScriptedRegistry implements AsyncDisposable {
  readonly seen: Seen[] = []
  /** By digest or tag. */
  readonly manifests = new Map<string, Stored>()
  readonly blobs = new Map<string, Buffer>()
  /** The Authorization values that may pull; null: everyone. */
  accepted: ReadonlySet<string> | null = null
  challenge = 'Basic realm="scripted"'
  intercept: Interception = () => false
  readonly #server: Server

  private constructor() {
    this.#server = createServer((request, response) => this.#answer(request, response))
  }

  static async start(): Promise<ScriptedRegistry> {
    const registry = new ScriptedRegistry()
    const { promise, resolve } = Promise.withResolvers<void>()
    registry.#server.listen(0, '127.0.0.1', resolve)
    await promise
    return registry
  }

  get host(): string {
    return `127.0.0.1:${(this.#server.address() as AddressInfo).port}`
  }

  get url(): string {
    return `http://${this.host}`
  }

  authorizations(): readonly string[] {
    return this.seen.flatMap(({ authorization }) => (authorization === null ? [] : [authorization]))
  }

  /** Stores a one-platform image under a tag, and returns its digest. */
  push(tag: string, image: SampleImage): string {
    for (const blob of image.blobs) this.blobs.set(digestOf(blob), blob)
    const stored = { mediaType: image.mediaType, bytes: image.manifest }
    this.manifests.set(tag, stored)
    this.manifests.set(digestOf(image.manifest), stored)
    return digestOf(image.manifest)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections()
    const { promise, resolve } = Promise.withResolvers<void>()
    this.#server.close(() => resolve())
    await promise
  }

  #answer(request: IncomingMessage, response: ServerResponse): void {
    const { method = '', url = '', headers } = request
    const authorization = headers.authorization ?? null
    this.seen.push({ method, url, authorization, headers })
    if (this.intercept(request, response)) return
    if (this.accepted && !this.accepted.has(authorization ?? '')) {
      response.writeHead(401, { 'www-authenticate': this.challenge }).end('{"errors":[]}')
      return
    }
    if (url === '/v2/') return void response.writeHead(200).end('{}')
    const [, kind = '', reference = ''] = /\/(manifests|blobs)\/([^/?]+)$/.exec(url) ?? []
    if (kind === 'manifests') return this.#sendManifest(method, this.manifests.get(reference), response)
    return sendBlob(request, this.blobs.get(reference), response)
  }

  #sendManifest(method: string, stored: Stored | undefined, response: ServerResponse): void {
    if (!stored) return void response.writeHead(404).end('{"errors":[{"code":"MANIFEST_UNKNOWN"}]}')
    response.writeHead(200, {
      'content-type': stored.mediaType,
      'content-length': stored.bytes.length,
      'docker-content-digest': digestOf(stored.bytes),
    })
    response.end(method === 'HEAD' ? undefined : stored.bytes)
  }
}

function sendBlob(request: IncomingMessage, blob: Buffer | undefined, response: ServerResponse): void {
  if (!blob) return void response.writeHead(404).end()
  const [, start, last] = /^bytes=(\d+)-(\d*)$/.exec(request.headers.range ?? '') ?? []
  if (start === undefined) return void response.writeHead(200, { 'content-length': blob.length }).end(blob)
  const end = last ? Number(last) + 1 : blob.length
  const part = blob.subarray(Number(start), end)
  const range = `bytes ${start}-${end - 1}/${blob.length}`
  response.writeHead(206, { 'content-length': part.length, 'content-range': range }).end(part)
}

export interface SampleImage {
  readonly mediaType: string
  readonly manifest: Buffer
  readonly config: Buffer
  readonly layers: readonly Buffer[]
  readonly blobs: readonly Buffer[]
}

const oci = 'application/vnd.oci.image'

/** `more` goes into the image's config, instead of what has the same name there. */
export function sampleImage(more: Readonly<Record<string, unknown>> = {}, compression = 'gzip'): SampleImage {
  const layers = [Buffer.from('first layer'), Buffer.alloc(70_000, 'second')]
  const rootfs = { type: 'layers', diff_ids: layers.map(digestOf) }
  const config = Buffer.from(JSON.stringify({ os: 'linux', architecture: 'amd64', rootfs, ...more }))
  const manifest = Buffer.from(
    JSON.stringify({
      schemaVersion: 2,
      mediaType: `${oci}.manifest.v1+json`,
      config: { mediaType: `${oci}.config.v1+json`, digest: digestOf(config), size: config.length },
      layers: layers.map((layer) => ({
        mediaType: `${oci}.layer.v1.tar+${compression}`,
        digest: digestOf(layer),
        size: layer.length,
      })),
    }),
  )
  return { mediaType: `${oci}.manifest.v1+json`, manifest, config, layers, blobs: [config, ...layers] }
}

/** An index over images, one per platform. */
export function sampleIndex(images: readonly { image: SampleImage; platform: object }[]): Stored {
  const manifests = images.map(({ image, platform }) => ({
    mediaType: image.mediaType,
    digest: digestOf(image.manifest),
    size: image.manifest.length,
    platform,
  }))
  const mediaType = `${oci}.index.v1+json`
  return { mediaType, bytes: Buffer.from(JSON.stringify({ schemaVersion: 2, mediaType, manifests })) }
}
