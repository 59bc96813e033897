/** Writes an OCI image layout (image-spec 1.1): the layers are packed into its `blobs` by others. */
import { createHash } from 'node:crypto'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

export interface Descriptor {
  readonly mediaType: string
  readonly digest: string
  readonly size: number
  readonly platform?: Platform
}

export interface Platform {
  readonly os: string
  readonly architecture: string
}

/** A compressed tar, and the digest of what is in it. */
export interface LayerBlob {
  readonly digest: string
  readonly size: number
  readonly diffId: string
}

export interface ImageContent {
  readonly platform: Platform
  readonly created: string
  /** User, entry point, labels and so on. */
  readonly config: object
  readonly layers: readonly LayerBlob[]
}

const mediaType = {
  config: 'application/vnd.oci.image.config.v1+json',
  layer: 'application/vnd.oci.image.layer.v1.tar+gzip',
  manifest: 'application/vnd.oci.image.manifest.v1+json',
  index: 'application/vnd.oci.image.index.v1+json',
} as const

export class OciLayout {
  readonly #named: object[] = []
  readonly folder: string
  /** Where a layer belongs, named by the hexadecimal part of its digest. */
  readonly blobs: string

  private constructor(folder: string) {
    this.folder = folder
    this.blobs = join(folder, 'blobs', 'sha256')
  }

  static async create(folder: string): Promise<OciLayout> {
    const layout = new OciLayout(folder)
    await mkdir(layout.blobs, { recursive: true })
    return layout
  }

  async addImage({ platform, created, config, layers }: ImageContent): Promise<Descriptor> {
    const described = await this.#put(mediaType.config, {
      created,
      ...platform,
      config,
      rootfs: { type: 'layers', diff_ids: layers.map(({ diffId }) => diffId) },
      history: layers.map(() => ({ created })),
    })
    const manifest = await this.#put(mediaType.manifest, {
      schemaVersion: 2,
      mediaType: mediaType.manifest,
      config: described,
      layers: layers.map(({ digest, size }) => ({ mediaType: mediaType.layer, digest, size })),
    })
    return { ...manifest, platform }
  }

  /** One name for the images of all platforms. */
  async addIndex(name: string, manifests: readonly Descriptor[]): Promise<void> {
    const index = await this.#put(mediaType.index, { schemaVersion: 2, mediaType: mediaType.index, manifests })
    this.#named.push({ ...index, annotations: { 'org.opencontainers.image.ref.name': name } })
  }

  async finish(): Promise<void> {
    await writeFile(join(this.folder, 'oci-layout'), JSON.stringify({ imageLayoutVersion: '1.0.0' }))
    const index = { schemaVersion: 2, mediaType: mediaType.index, manifests: this.#named }
    await writeFile(join(this.folder, 'index.json'), JSON.stringify(index))
  }

  async #put(type: string, content: object): Promise<Descriptor> {
    const bytes = Buffer.from(JSON.stringify(content))
    const hex = createHash('sha256').update(bytes).digest('hex')
    await writeFile(join(this.blobs, hex), bytes)
    return { mediaType: type, digest: `sha256:${hex}`, size: bytes.length }
  }
}
