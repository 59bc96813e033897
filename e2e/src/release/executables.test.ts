/** The one file: made again it is the same, and the arm64 package and image have the one of that architecture, which runs with what is in them. */
import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { inRepository, mustRun, newFolder } from '@fairlead/testkit'
import { version } from '@fairlead/contract/release'
import { expect, test } from 'vitest'
import { onArm64 } from '../on-arm64.ts'
import { artefact } from './artefacts.ts'

const build = inRepository('scripts/build-executable.ts')

async function hashOf(file: string): Promise<string> {
  const hash = createHash('sha256')
  await pipeline(createReadStream(file), hash)
  return hash.digest('hex')
}

test('made again in another folder, it has the same bytes, compiled code included', async () => {
  const folder = newFolder('again')
  await mustRun(process.execPath, [build, '--to', folder], { timeoutMs: 100_000 })
  const name = `fairlead-linux-${process.arch}`
  const released = await artefact(new RegExp(`^${name}$`))
  expect((await readFile(released)).includes('program.js.compiled')).toBe(true)
  expect(await hashOf(join(folder, name))).toBe(await hashOf(released))
})

test('the arm64 package and image have the one for arm64, and it starts with the libraries of the image alone', async () => {
  const expected = await hashOf(await artefact(/^fairlead-linux-arm64$/))
  const debian = newFolder('package')
  await mustRun('dpkg-deb', ['--extract', await artefact(/_arm64\.deb$/), debian])
  expect(await hashOf(join(debian, 'usr/bin/fairlead'))).toBe(expected)

  const [image, root] = [newFolder('image'), newFolder('root')]
  const server = `oci-archive:${await artefact(/^fairlead-images-.*\.oci\.tar$/)}:server`
  await mustRun('skopeo', ['copy', '--quiet', '--override-arch', 'arm64', server, `dir:${image}`])
  const manifest = JSON.parse(await readFile(join(image, 'manifest.json'), 'utf8')) as { layers: { digest: string }[] }
  for (const { digest } of manifest.layers) {
    await mustRun('tar', ['-xzf', join(image, digest.replace('sha256:', '')), '-C', root])
  }
  const program = join(root, 'usr/bin/fairlead')
  expect(await hashOf(program)).toBe(expected)
  const said = await onArm64(program, ['--version'], { libraries: root })
  expect(said).toEqual({ status: 0, stdout: `${version}\n`, stderr: '' })
})
