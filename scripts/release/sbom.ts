/**
 * The parts of a release that others made, as CycloneDX 1.6. `npm sbom` is no help: it follows the workspaces' development dependencies
 * and not all of their others, and knows neither Node nor Debian's packages.
 */
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { timeOfSources } from '../building/sources.ts'
import { itself, type Part } from './parts.ts'
import type { Release } from './release.ts'

export async function writeSbom({ folder }: Pick<Release, 'folder'>, parts: readonly Part[]): Promise<void> {
  const text = JSON.stringify(sbomOf(parts, timeOfSources()), null, 2)
  await writeFile(join(folder, `fairlead-${itself.version}.cdx.json`), `${text}\n`)
}

/** `time` in seconds: the same sources give the same document. */
export function sbomOf(parts: readonly Part[], time: number): object {
  const distinct = [...new Map(parts.map((part) => [part.purl, part])).values()]
  const self = `pkg:generic/${itself.name}@${itself.version}`
  return {
    bomFormat: 'CycloneDX',
    specVersion: '1.6',
    version: 1,
    metadata: {
      timestamp: new Date(time * 1000).toISOString(),
      component: {
        type: 'application',
        'bom-ref': self,
        ...itself,
        purl: self,
        license: undefined,
        licenses: [{ license: { id: itself.license } }],
      },
    },
    components: distinct.sort((a, b) => (a.purl < b.purl ? -1 : 1)).map(component),
    dependencies: [{ ref: self, dependsOn: distinct.map(({ purl }) => purl) }],
  }
}

const component = ({ name, version, purl, license, sha512 }: Part): object => ({
  type: 'library',
  'bom-ref': purl,
  name,
  version,
  purl,
  ...(license !== null && { licenses: [{ expression: license }] }),
  ...(sha512 !== null && { hashes: [{ alg: 'SHA-512', content: sha512 }] }),
})
