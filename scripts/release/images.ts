/**
 * The images of a control plane and of an agent that checks builds, for every architecture, in one OCI archive: Debian's libraries, the one
 * file, and a user without rights. Made without a container engine; a read-only root is enough for both.
 */
import { copyFile, mkdir, mkdtempDisposable, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { linkedPrograms } from '../../packages/cli/src/commands/agent/install-steps.ts'
import { OciLayout, type Descriptor } from '../../packages/testkit/src/images/oci-layout-writer.ts'
import { packLayer, type Layer } from '../../packages/testkit/src/images/ray-image/pack-layer.ts'
import type { Architecture } from '../building/node-binary.ts'
import { commitOfSources, timeOfSources } from '../building/sources.ts'
import { runProgram } from '../setup/run-program.mjs'
import { madeExecutable } from './executables.ts'
import { unpackDebian } from './images/debian-base.ts'
import { imageRoles, user, type ImageRole } from './images/image-roles.ts'
import { itself, nodePart, programParts, type Part } from './parts.ts'
import { debianNames, type Release } from './release.ts'
import { licensesFile, thirdPartyLicenses } from './third-party-licenses.ts'

export async function makeImages(release: Release): Promise<readonly Part[]> {
  await using temporary = await mkdtempDisposable(join(release.folder, '.images-'))
  const work = temporary.path
  const layout = await OciLayout.create(join(work, 'layout'))
  const parts: Part[] = [...(await programParts()), await nodePart()]
  const images: Record<ImageRole, Descriptor[]> = { server: [], agent: [] }
  for (const architecture of release.architectures) {
    const base = join(work, architecture, 'base')
    await mkdir(base, { recursive: true })
    parts.push(...(await unpackDebian(debianNames[architecture], base)))
    const layers = [
      await packLayer({ root: base, blobs: layout.blobs, include: ['.'], exclude: [], owner: 0 }),
      await programLayer(release, architecture, join(work, architecture, 'program'), layout.blobs),
      await dataLayer(join(work, architecture, 'data'), layout.blobs),
    ]
    for (const role of ['server', 'agent'] as const) {
      images[role].push(await addImage(layout, role, architecture, layers))
    }
  }
  for (const role of ['server', 'agent'] as const) layout.name(role, await layout.addIndex(images[role]))
  await layout.finish()
  const archive = join(release.folder, `fairlead-images-${itself.version}.oci.tar`)
  const order = ['--sort=name', '--owner=0', '--group=0', '--numeric-owner', `--mtime=@${timeOfSources()}`]
  await runProgram('tar', ['-C', layout.folder, ...order, '-cf', archive, 'blobs', 'index.json', 'oci-layout'])
  return parts
}

async function programLayer(release: Release, architecture: Architecture, root: string, blobs: string): Promise<Layer> {
  for (const folder of ['etc/fairlead', 'usr/bin', 'usr/share/doc/fairlead']) {
    await mkdir(join(root, folder), { recursive: true })
  }
  await copyFile(await madeExecutable(release, architecture), join(root, 'usr/bin/fairlead'))
  for (const name of linkedPrograms) await symlink('fairlead', join(root, 'usr/bin', name))
  await writeFile(join(root, 'usr/share/doc/fairlead', licensesFile), await thirdPartyLicenses())
  const { name, id, home } = user
  await writeFile(
    join(root, 'etc/passwd'),
    `root:x:0:0:root:/:/usr/sbin/nologin\n${name}:x:${id}:${id}::${home}:/usr/sbin/nologin\n`,
  )
  await writeFile(join(root, 'etc/group'), `root:x:0:\n${name}:x:${id}:\n`)
  await writeFile(join(root, 'etc/nsswitch.conf'), 'passwd: files\ngroup: files\nhosts: files dns\n')
  await runProgram('chmod', ['-R', 'u=rwX,go=rX', root])
  return packLayer({ root, blobs, include: ['.'], exclude: [], owner: 0 })
}

/** A new volume gets the owner and the mode of the folder below it. */
async function dataLayer(root: string, blobs: string): Promise<Layer> {
  const place = user.home.slice(1)
  await mkdir(join(root, place), { recursive: true, mode: 0o700 })
  return packLayer({ root, blobs, include: [place], exclude: [], owner: user.id })
}

function addImage(
  layout: OciLayout,
  role: ImageRole,
  architecture: Architecture,
  layers: readonly Layer[],
): Promise<Descriptor> {
  const { title, config } = imageRoles[role]
  const revision = commitOfSources()
  const repository = process.env['GITHUB_REPOSITORY']
  const labels = {
    'org.opencontainers.image.title': title,
    'org.opencontainers.image.version': itself.version,
    'org.opencontainers.image.licenses': itself.license,
    ...(revision !== null && { 'org.opencontainers.image.revision': revision }),
    ...(repository !== undefined && { 'org.opencontainers.image.source': `https://github.com/${repository}` }),
  }
  return layout.addImage({
    platform: { os: 'linux', architecture: debianNames[architecture] },
    created: new Date(timeOfSources() * 1000).toISOString(),
    config: { ...config, Labels: labels },
    layers,
  })
}
