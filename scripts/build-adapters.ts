/**
 * `npm run build:adapters`: the two programs that Docker and the kubelet start for each pull, bundled, since most of such a start is
 * finding and reading files (cold on AWS 560 ms became 160 to 200). Parts that a start may not need stay in files of their own.
 */
import { chmod, rm } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { rolldown } from 'rolldown'

const inAgent = (path: string): string => fileURLToPath(new URL(`../packages/agent/${path}`, import.meta.url))
const folder = inAgent('dist/adapters')

const programs = {
  'docker-credential-fairlead': inAgent('src/adapters/docker-credential/bin.mjs'),
  'fairlead-kubelet-credential-provider': inAgent('src/adapters/kubelet/bin.mjs'),
}

await rm(folder, { recursive: true, force: true })
const bundle = await rolldown({ input: programs, platform: 'node' })
await bundle.write({
  dir: folder,
  format: 'esm',
  minify: true,
  entryFileNames: '[name].mjs',
  chunkFileNames: 'parts/[name]-[hash].mjs',
})
await bundle.close()
for (const name of Object.keys(programs)) {
  const program = `${folder}/${name}.mjs`
  await chmod(program, 0o755)
  console.log(program)
}
