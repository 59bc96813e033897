/** Writes an OCI image layout (image-spec 1.1): the layers are packed into its `blobs` by others. */
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { mediaTypes, sha256, type ImagePlatform } from './local-image.ts'
import type { Layer } from './ray-image/pack-layer.ts'

export interface Descriptor {
  readonly mediaType: string
  readonly digest: string
  readonly size: number
  readonly platform?: ImagePlatform
}

export interface ImageContent {
  readonly platform: ImagePlatform
  readonly created: string
  /** User, entry point, labels and so on. */
  readonly config: object
  readonly layers: readonly Layer[]
  /** How each layer was made. */
  readonly history?: readonly object[]
}

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

  async addImage({ platform, created, config, layers, history }: ImageContent): Promise<Descriptor> {
    const described = await this.#put(mediaTypes.config, {
      created,
      ...platform,
      config,
      rootfs: { type: 'layers', diff_ids: layers.map(({ diffId }) => diffId) },
      history: history ?? layers.map(() => ({ created })),
    })
    const manifest = await this.#put(mediaTypes.manifest, {
      schemaVersion: 2,
      mediaType: mediaTypes.manifest,
      config: described,
      layers: layers.map(({ digest, size }) => ({ mediaType: mediaTypes.layer, digest, size })),
    })
    return { ...manifest, platform }
  }

  /** Images of several platforms as one. */
  addIndex(manifests: readonly Descriptor[]): Promise<Descriptor> {
    return this.#put(mediaTypes.index, { schemaVersion: 2, mediaType: mediaTypes.index, manifests })
  }

  name(name: string, image: Descriptor): void {
    this.#named.push({ ...image, annotations: { 'org.opencontainers.image.ref.name': name } })
  }

  async finish(): Promise<void> {
    await writeFile(join(this.folder, 'oci-layout'), JSON.stringify({ imageLayoutVersion: '1.0.0' }))
    const index = { schemaVersion: 2, mediaType: mediaTypes.index, manifests: this.#named }
    await writeFile(join(this.folder, 'index.json'), JSON.stringify(index))
  }

  async #put(mediaType: string, content: object): Promise<Descriptor> {
    const bytes = Buffer.from(JSON.stringify(content))
    const digest = sha256(bytes)
    await writeFile(join(this.blobs, digest.slice('sha256:'.length)), bytes)
    return { mediaType, digest, size: bytes.length }
  }
}
