/** The OCI image layout of the Ray image, around layers already in its blobs folder. */
import { OciLayout } from '../oci-layout-writer.ts'
import type { Layer } from './pack-layer.ts'
import type { RayRecipe } from './recipe.ts'

/** The same time as the files in the layers: an image is its content, not when it was built. */
const created = '2024-01-01T00:00:00Z'

export async function writeOciLayout(folder: string, recipe: RayRecipe, layers: readonly Layer[]): Promise<void> {
  const { architecture, debian, rayVersion, packages = [] } = recipe
  const layout = await OciLayout.create(folder)
  const image = await layout.addImage({
    platform: { architecture, os: 'linux' },
    created,
    config: {
      Env: ['PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin', 'LANG=C.UTF-8'],
      Cmd: ['python3'],
      WorkingDir: '/',
      Labels: { 'org.opencontainers.image.title': 'ray', 'org.opencontainers.image.version': rayVersion },
    },
    layers,
    history: [
      {
        created,
        created_by: `debootstrap --variant=minbase --include=${['python3', ...packages].join(',')} ${debian}`,
      },
      { created, created_by: `pip install ray[default]==${rayVersion}` },
    ],
  })
  layout.name(rayVersion, image)
  await layout.finish()
}
