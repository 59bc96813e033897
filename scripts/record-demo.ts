/**
 * `npx node scripts/record-demo.ts`: runs the demo and writes docs/images/demo.svg, a recording that plays in a README. With the name of a file that
 * an earlier run printed, it runs nothing and plays that.
 */
import { spawn } from 'node:child_process'
import { readFile, writeFile } from 'node:fs/promises'
import { inRepository } from './building/programs.ts'
import { linesOf, type Chunk } from './recording/printed-lines.ts'
import { recordingSvg } from './recording/recording-svg.ts'

/** Without a terminal, the demo prints lines and redraws none. */
async function runDemo(): Promise<readonly Chunk[]> {
  const child = spawn(process.execPath, [inRepository('scripts/demo.mjs'), '--yes', '--exit'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const chunks: Chunk[] = []
  const started = performance.now()
  const decoder = new TextDecoder()
  child.stdout.on('data', (bytes: Buffer) => {
    const text = decoder.decode(bytes, { stream: true })
    process.stdout.write(text)
    chunks.push({ at: (performance.now() - started) / 1000, text })
  })
  const status = await new Promise((resolve) => child.on('close', resolve))
  if (status !== 0) throw new Error(`the demo ended with ${String(status)}`)
  return chunks
}

const [file] = process.argv.slice(2)
const chunks = file === undefined ? await runDemo() : [{ at: 0, text: await readFile(file, 'utf8') }]
const title = 'npm run demo: a private image on a Ray cluster of two nodes, and where its password went'
await writeFile(inRepository('docs/images/demo.svg'), recordingSvg(linesOf(chunks), title))
