/** Pushes an image to a registry directly over HTTP, without a daemon. */
import type { Login } from '../basic-login.ts'
import type { LocalBlob, LocalOciImage } from './local-image.ts'
import { registryClient, type RegistryClient, type RegistryResponse } from '../servers/registry-client.ts'
import type { RegistryTarget } from '../servers/registry.ts'

export interface PushOptions {
  /** Called after each blob: bytes done so far, and bytes in total. */
  onProgress?: (done: number, total: number) => void
  signal?: AbortSignal
}

export async function pushImage(
  registry: RegistryTarget,
  repository: string,
  tag: string,
  image: LocalOciImage,
  login: Login | null,
  { onProgress, signal }: PushOptions = {},
): Promise<{ digest: string }> {
  await using client = registryClient(registry, login, `repository:${repository}:pull,push`)
  const blobs = blobsOf(image)
  const total = blobs.reduce((sum, blob) => sum + blob.size, 0)
  let done = 0
  for (const blob of blobs) {
    signal?.throwIfAborted()
    await putBlob(client, repository, blob)
    done += blob.size
    onProgress?.(done, total)
  }
  for (const child of image.images) await putManifest(client, repository, child.digest, child)
  await putManifest(client, repository, tag, image)
  return { digest: image.digest }
}

/** Pushes one manifest unchanged, whatever it says; for tests of what a registry should not have. */
export async function pushManifest(
  registry: RegistryTarget,
  repository: string,
  tagOrDigest: string,
  manifest: { mediaType: string; manifest: Uint8Array },
  login: Login | null,
): Promise<void> {
  await using client = registryClient(registry, login, `repository:${repository}:pull,push`)
  await putManifest(client, repository, tagOrDigest, manifest)
}

function blobsOf(image: LocalOciImage): LocalBlob[] {
  const all = [image, ...image.images].flatMap(({ blobs }) => blobs)
  return [...new Map(all.map((blob) => [blob.digest, blob])).values()]
}

async function putBlob(client: RegistryClient, repository: string, blob: LocalBlob): Promise<void> {
  const known = await client.send({ method: 'HEAD', path: `/v2/${repository}/blobs/${blob.digest}` })
  if (known.status === 200) return
  const upload = await client.send({ method: 'POST', path: `/v2/${repository}/blobs/uploads/` })
  expectStatus(upload, 202, `an upload to ${repository}`)
  const location = upload.header('location') ?? ''
  const stored = await client.send({
    method: 'PUT',
    path: `${location}${location.includes('?') ? '&' : '?'}digest=${encodeURIComponent(blob.digest)}`,
    headers: { 'content-type': 'application/octet-stream', 'content-length': String(blob.size) },
    body: () => blob.open(),
  })
  expectStatus(stored, 201, `blob ${blob.digest} of ${repository}`)
}

async function putManifest(
  client: RegistryClient,
  repository: string,
  tagOrDigest: string,
  { mediaType, manifest }: { mediaType: string; manifest: Uint8Array },
): Promise<void> {
  const stored = await client.send({
    method: 'PUT',
    path: `/v2/${repository}/manifests/${tagOrDigest}`,
    headers: { 'content-type': mediaType },
    body: () => manifest,
  })
  expectStatus(stored, 201, `manifest ${tagOrDigest} of ${repository}`)
}

function expectStatus(response: RegistryResponse, status: number, what: string): void {
  if (response.status === status) return
  throw new Error(
    `The registry answered ${response.status} to ${what}: ${response.body.toString('utf8').slice(0, 500)}`,
  )
}
