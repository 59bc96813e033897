/**
 * Builds the single file that contains all programs: Node itself, with our code in it as parts that are read on demand
 * (packages/cli/src/executable). It takes no Node options from the environment (S25).
 */
import { execFile } from 'node:child_process'
import { hash } from 'node:crypto'
import { copyFile, mkdir, mkdtempDisposable, readdir, readFile, rename, writeFile } from 'node:fs/promises'
import { basename, dirname, join, relative } from 'node:path'
import { promisify } from 'node:util'
import { rolldown, type OutputOptions } from 'rolldown'
import { consoleAssets } from '../../packages/cli/src/executable/console-assets.ts'
import { wrapped } from '../../packages/cli/src/executable/parts.ts'
import { builtConsole } from './console.ts'
import { leanUndici } from './lean-undici.ts'
import { nodeBinary, type Architecture } from './node-binary.ts'
import { inRepository } from './programs.ts'
import { defineCommit } from './sources.ts'
import { withoutSymbols } from './without-symbols.ts'

const run = promisify(execFile)

/** The Node options built into the file, and the only ones it accepts. */
const nodeOptions = ['--disable-sigusr1']

/** Compiled code is the same bytes each time only without threads and with tables in one order. V8 accepts it from such a process (RELEASING.md). */
const reproducibly = ['--predictable', '--hash-seed=1']

/** Replaces `file`, and `FILE.sha256` in the format of `sha256sum --check`. */
export async function makeExecutable(architecture: Architecture, file: string): Promise<void> {
  await mkdir(dirname(file), { recursive: true })
  await using temporary = await mkdtempDisposable(join(dirname(file), '.executable-'))
  const work = temporary.path
  const [node, parts] = [join(work, 'node'), join(work, 'parts')]
  await writeFile(node, withoutSymbols(await readFile(await nodeBinary(architecture))), { mode: 0o755 })
  await mkdir(parts)
  await makeParts(parts)
  // Code compiled for one architecture is useless to another, and a part without it is compiled when it is loaded.
  if (architecture === process.arch) {
    const compile = [...nodeOptions, ...reproducibly, inRepository('scripts/building/compile-parts.ts'), parts]
    // With an empty environment: a compile cache, for example, would change the bytes.
    await run(node, compile, { env: {} })
  }
  const assets = { ...(await filesOf(parts)), ...(await filesOf(await builtConsole(), consoleAssets)) }
  const [main, settings, output] = ['main.js', 'settings.json', join(work, 'fairlead')]
  await makeMain(join(work, main))
  await writeFile(
    join(work, settings),
    JSON.stringify({
      // The file contains this path, so it is not one of this machine.
      main,
      mainFormat: 'commonjs',
      executable: node,
      output,
      assets,
      disableExperimentalSEAWarning: true,
      execArgv: nodeOptions,
      execArgvExtension: 'none',
    }),
  )
  await run(process.execPath, ['--build-sea', settings], { cwd: work })
  // A copy: a file written in one go is cached in large pieces, all of which count as memory of each process that runs it.
  await copyFile(output, join(work, 'copy'))
  await writeFile(`${file}.sha256`, `${hash('sha256', await readFile(output))}  ${basename(file)}\n`)
  await rename(join(work, 'copy'), file)
}

/** Each file in a folder by its relative path, after `prefix`. */
async function filesOf(folder: string, prefix = ''): Promise<Record<string, string>> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  const paths = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name))
  return Object.fromEntries(paths.map((path) => [`${prefix}${relative(folder, path)}`, path]))
}

/** One file for each part that is loaded separately. */
async function makeParts(folder: string): Promise<void> {
  const parts = await bundled('packages/cli/src/executable/program.ts', {
    entryFileNames: 'program.js',
    chunkFileNames: '[name]-[hash].js',
  })
  for (const { fileName, code } of parts) await writeFile(join(folder, fileName), wrapped(code))
}

async function makeMain(file: string): Promise<void> {
  const [main] = await bundled('packages/cli/src/executable/main.ts', { codeSplitting: false })
  await writeFile(file, main.code)
}

/** As CommonJS: in such an executable, Node finds only its built-in modules. */
async function bundled(input: string, output: OutputOptions) {
  await using bundle = await rolldown({
    input: inRepository(input),
    platform: 'node',
    plugins: [leanUndici],
    transform: defineCommit(),
  })
  const made = await bundle.generate({ format: 'cjs', strict: true, minify: true, ...output })
  const [main, ...more] = made.output
  return [main, ...more.filter((file) => file.type === 'chunk')] as const
}
