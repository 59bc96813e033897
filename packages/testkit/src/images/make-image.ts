/** Creates a small real image without a daemon: a static busybox with its usual names, and the given files on top. */
import { randomBytes } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { promisify } from 'node:util'
import { gzip, zstdCompress } from 'node:zlib'
import { packTar, type TarEntry } from 'modern-tar'
import { blobOf, descriptor, mediaTypes, sha256, type ImagePlatform, type LocalOciImage } from './local-image.ts'

export type FileContent = string | Uint8Array | { content: string | Uint8Array; mode?: number } | { link: string }

/** Files by their path without a leading slash; or a number of incompressible bytes, for a layer of a certain size. */
export type LayerSpec = { files: Record<string, FileContent> } | { randomBytes: number }

export interface ImageSpec {
  /** The last layer. */
  files?: Record<string, FileContent>
  /** Between busybox and the files. */
  layers?: readonly LayerSpec[]
  /** The image's run configuration, with OCI names. */
  config?: {
    Cmd?: string[]
    Entrypoint?: string[]
    Env?: string[]
    User?: string
    WorkingDir?: string
    Labels?: object
    Volumes?: object
    StopSignal?: string
  }
  platform?: ImagePlatform
  /** `none`: nothing but the given files. */
  base?: 'busybox' | 'none'
  busybox?: string
  /** For the layers; gzip by default. */
  compression?: 'gzip' | 'zstd'
}

const applets =
  'basename cat chmod chown cp cut date dd df dirname du echo env expr false find free grep head hostname id ip kill ln ls ' +
  'mkdir mktemp mount mv nc nslookup ping printf ps pwd readlink rm rmdir sed seq sh sleep sort stat sync tail tar tee test ' +
  'timeout touch tr true uname wc wget which whoami xargs yes ['

const gzipped = promisify(gzip)
const zstdCompressed = promisify(zstdCompress)

export async function makeImage(spec: ImageSpec = {}): Promise<LocalOciImage> {
  const { files = {}, layers = [], config = {}, base = 'busybox', busybox = '/bin/busybox', compression } = spec
  const platform = spec.platform ?? { os: 'linux', architecture: process.arch === 'x64' ? 'amd64' : process.arch }
  const tars = await Promise.all([
    ...(base === 'busybox' ? [busyboxTar(busybox)] : []),
    ...layers.map(layerTar),
    ...(Object.keys(files).length > 0 ? [layerTar({ files })] : []),
  ])
  const layerBlobs = await Promise.all(
    tars.map(async (tar) =>
      compression === 'zstd'
        ? blobOf(mediaTypes.zstdLayer, await zstdCompressed(tar))
        : blobOf(mediaTypes.layer, await gzipped(tar, { level: 1 })),
    ),
  )
  const configBlob = blobOf(
    mediaTypes.config,
    Buffer.from(
      JSON.stringify({
        created: '2026-01-01T00:00:00Z',
        ...platform,
        config: { Env: ['PATH=/usr/local/bin:/usr/bin:/bin'], Cmd: ['/bin/sh'], ...config },
        rootfs: { type: 'layers', diff_ids: tars.map((tar) => sha256(tar)) },
        history: tars.map(() => ({ created: '2026-01-01T00:00:00Z', created_by: 'fairlead testkit' })),
      }),
    ),
  )
  const manifest = Buffer.from(
    JSON.stringify({
      schemaVersion: 2,
      mediaType: mediaTypes.manifest,
      config: descriptor(configBlob),
      layers: layerBlobs.map(descriptor),
    }),
  )
  return {
    mediaType: mediaTypes.manifest,
    digest: sha256(manifest),
    manifest,
    blobs: [configBlob, ...layerBlobs],
    images: [],
    platform,
  }
}

async function busyboxTar(path: string): Promise<Uint8Array> {
  let busybox: Uint8Array
  try {
    busybox = await readFile(path)
  } catch {
    throw new Error(`No static busybox at ${path}; on Debian and Ubuntu: apt-get install busybox-static`)
  }
  return tarOf([
    ...['bin/', 'etc/', 'proc/', 'sys/', 'dev/', 'root/', 'usr/', 'usr/bin/', 'usr/local/', 'usr/local/bin/'].map(
      folder,
    ),
    { header: { ...folder('tmp/').header, mode: 0o1777 } },
    file('bin/busybox', { content: busybox, mode: 0o755 }),
    file('etc/passwd', 'root:x:0:0:root:/root:/bin/sh\nnobody:x:65534:65534:nobody:/:/bin/false\n'),
    file('etc/group', 'root:x:0:\nnogroup:x:65534:\n'),
    ...applets.split(' ').map((name) => file(`bin/${name}`, { link: 'busybox' })),
  ])
}

function layerTar(spec: LayerSpec): Promise<Uint8Array> {
  if ('randomBytes' in spec) return tarOf([file('filler.bin', randomBytes(spec.randomBytes))])
  const parents = new Set<string>()
  for (const path of Object.keys(spec.files)) {
    for (let cut = path.indexOf('/'); cut !== -1; cut = path.indexOf('/', cut + 1)) parents.add(path.slice(0, cut + 1))
  }
  return tarOf([
    ...[...parents].map(folder),
    ...Object.entries(spec.files).map(([path, content]) => file(path, content)),
  ])
}

const owner = { uid: 0, gid: 0, uname: 'root', gname: 'root', mtime: new Date(0) }

function folder(name: string): TarEntry {
  return { header: { ...owner, name, size: 0, type: 'directory', mode: 0o755 } }
}

function file(name: string, content: FileContent): TarEntry {
  if (typeof content === 'string' || content instanceof Uint8Array) return file(name, { content })
  if ('link' in content) {
    return { header: { ...owner, name, size: 0, type: 'symlink', linkname: content.link, mode: 0o777 } }
  }
  const bytes = Buffer.from(content.content)
  return { header: { ...owner, name, size: bytes.length, type: 'file', mode: content.mode ?? 0o644 }, body: bytes }
}

// Two runs create the same layers, so the same digests.
function tarOf(entries: readonly TarEntry[]): Promise<Uint8Array> {
  return packTar(entries)
}
