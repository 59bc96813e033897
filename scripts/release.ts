/**
 * `npm run release [-- npm python executable deb image] [--arch x64] [--to FOLDER]`: makes what a release consists of, in `dist/release` by
 * default, each kind or the named ones, and describes the whole folder with a list of parts (CycloneDX) and SHA-256 sums.
 */
import { mkdir } from 'node:fs/promises'
import { resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { architectures } from './building/node-binary.ts'
import { inRepository } from './building/programs.ts'
import { writeChecksums } from './release/checksums.ts'
import { makeDebianPackages } from './release/debian-package.ts'
import { makeExecutables } from './release/executables.ts'
import { makeImages } from './release/images.ts'
import { packNpm } from './release/npm.ts'
import { buildPython } from './release/python.ts'
import type { Part } from './release/parts.ts'
import type { Release } from './release/release.ts'
import { writeSbom } from './release/sbom.ts'

/** In this order: a Debian package and an image contain the executable. Each tells which parts of others are in what it made. */
const makers = {
  npm: packNpm,
  python: buildPython,
  executable: makeExecutables,
  deb: makeDebianPackages,
  image: makeImages,
} satisfies Record<string, (release: Release) => Promise<readonly Part[]>>

const { values, positionals } = parseArgs({
  options: { arch: { type: 'string', multiple: true, default: [...architectures] }, to: { type: 'string' } },
  allowPositionals: true,
})
const unknown = positionals.filter((kind) => !Object.hasOwn(makers, kind))
if (unknown.length > 0)
  throw new Error(`there is no ${unknown.join(', ')}; say some of ${Object.keys(makers).join(', ')}`)
const release: Release = {
  folder: values.to === undefined ? inRepository('dist/release') : resolve(values.to),
  architectures: architectures.filter((name) => values.arch.includes(name)),
}
await mkdir(release.folder, { recursive: true })
const parts: Part[] = []
for (const [kind, make] of Object.entries(makers)) {
  if (positionals.length === 0 || positionals.includes(kind)) parts.push(...(await make(release)))
}
await writeSbom(release, parts)
console.log(await writeChecksums(release))
