import { gunzipSync } from 'node:zlib'
import { unpackTar } from 'modern-tar'
import { expect, test } from 'vitest'
import { makeIndex, sha256, type LocalBlob, type LocalOciImage } from './local-image.ts'
import { makeImage } from './make-image.ts'

const bytesOf = async (blob: LocalBlob): Promise<Buffer> => Buffer.concat((await blob.open().toArray()) as Buffer[])
const bare = (content: string): Promise<LocalOciImage> =>
  makeImage({ base: 'none', files: { 'etc/app/greeting.txt': content } })

test('two runs create the same image, and other files another one', async () => {
  const digests = await Promise.all([bare('hello'), bare('hello'), bare('bye')]).then((all) =>
    all.map(({ digest }) => digest),
  )
  expect(digests[0]).toBe(digests[1])
  expect(digests[0]).not.toBe(digests[2])
})

test('each blob matches its descriptor, and the configuration names the uncompressed layers', async () => {
  const image = await makeImage({ base: 'none', files: { a: 'b' }, layers: [{ randomBytes: 1000 }] })
  for (const blob of image.blobs) {
    const bytes = await bytesOf(blob)
    expect([sha256(bytes), bytes.length]).toEqual([blob.digest, blob.size])
  }
  const [config, ...layers] = image.blobs as [LocalBlob, ...LocalBlob[]]
  const { rootfs } = JSON.parse((await bytesOf(config)).toString()) as { rootfs: { diff_ids: string[] } }
  const contents = await Promise.all(layers.map(async (layer) => sha256(gunzipSync(await bytesOf(layer)))))
  expect(rootfs.diff_ids).toEqual(contents)
})

test('a file has its folders, its content and its mode', async () => {
  const image = await makeImage({
    base: 'none',
    files: { 'usr/bin/tool': { content: '#!/bin/sh', mode: 0o755 }, 'bin/t': { link: '/usr/bin/tool' } },
  })
  const entries = await unpackTar(gunzipSync(await bytesOf(image.blobs.at(-1) as LocalBlob)))
  expect(entries.map(({ header }) => [header.name, header.type, header.mode])).toEqual([
    ['usr/', 'directory', 0o755],
    ['usr/bin/', 'directory', 0o755],
    ['bin/', 'directory', 0o755],
    ['usr/bin/tool', 'file', 0o755],
    ['bin/t', 'symlink', 0o777],
  ])
})

test('an index names the platform of each image', async () => {
  const arm = await makeImage({ base: 'none', files: { a: 'b' }, platform: { os: 'linux', architecture: 'arm64' } })
  const { manifests } = JSON.parse(Buffer.from(makeIndex([arm]).manifest).toString()) as { manifests: object[] }
  expect(manifests).toEqual([
    { mediaType: arm.mediaType, digest: arm.digest, size: arm.manifest.length, platform: arm.platform },
  ])
})

test('a missing busybox is named, with what to install', async () => {
  await expect(makeImage({ busybox: '/nowhere/busybox' })).rejects.toThrow(/apt-get install busybox-static/)
})
