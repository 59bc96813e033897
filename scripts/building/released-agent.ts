/**
 * Keeps the agent of a release as one file of plain JavaScript, so that later versions are tested with it from a bare clone, without its
 * history. Only its own code is in the file; the libraries are those of the repository.
 */
import { rolldown } from 'rolldown'
import { inRepository } from './programs.ts'

const banner = [
  '// The agent of the last release: `joinNode` and `runAgent` of packages/agent, which e2e/src/older-agent.test.ts runs',
  '// against this version. `npx node scripts/openapi.ts --release` writes it (docs/adr/0057).',
].join('\n')

const isOwn = (id: string): boolean => /^(?:[./\0]|@fairlead\/)/.test(id)

const place = inRepository('e2e/released/agent.mjs')

export async function keepReleasedAgent(agent = inRepository('packages/agent/src/index.ts')): Promise<void> {
  const entry = '\0released-agent'
  await using bundled = await rolldown({
    input: entry,
    platform: 'node',
    external: (id) => !isOwn(id),
    plugins: [
      {
        name: 'released-agent',
        resolveId: (id) => (id === entry ? entry : null),
        load: (id) => (id === entry ? `export { joinNode, runAgent } from ${JSON.stringify(agent)}` : null),
      },
    ],
  })
  await bundled.write({ file: place, format: 'esm', minify: true, codeSplitting: false, postBanner: banner })
}
