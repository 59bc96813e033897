/** `npm run release:version -- 0.2.0`: writes the version of the next release into every place that has one. */
import { globSync } from 'node:fs'
import { readFile, writeFile } from 'node:fs/promises'
import { inRepository } from './building/programs.ts'
import { versionPlaces, withVersion } from './release/version-places.ts'

const [version = ''] = process.argv.slice(2)
for (const path of globSync([...versionPlaces], { cwd: inRepository('.') })) {
  const text = await readFile(inRepository(path), 'utf8')
  await writeFile(inRepository(path), withVersion(path, text, version))
  console.log(path)
}
