/**
 * `npm run check`: everything that a change must pass, in about two minutes on two cores. Runs two at a time and shows the output of failures.
 * `--no-unit-tests` is for a run that has them as a separate layer.
 */
import { spawn } from 'node:child_process'
import { stripVTControlCharacters } from 'node:util'
import { sideBySide } from './testing/side-by-side.mjs'

interface Check {
  name: string
  command: [string, ...string[]]
}

const checks: Check[] = [
  { name: 'unit tests', command: ['vitest', 'run', '--project', 'unit', '--reporter=dot'] },
  // One compiler for both: `npm run types` and `npm run lint` each build the whole program.
  { name: 'types and lint', command: ['oxlint', '--type-check', '--type-aware', '--deny-warnings'] },
  { name: 'types in a browser', command: ['tsc', '-p', 'tsconfig.browser.json'] },
  { name: 'format', command: ['oxfmt', '--check', '.'] },
  { name: 'import arrows', command: ['depcruise', 'packages', 'e2e', 'bench', 'scripts'] },
  { name: 'OpenAPI document and breaking changes', command: ['node', 'scripts/openapi.ts', '--check'] },
  { name: 'dead code', command: ['knip', '--no-config-hints'] },
]

/** `GOGC`: the type checkers, which are written in Go, collect garbage less often: a quarter less processor time for types and lint. */
function run(check: Check): Promise<{ ok: boolean; output: string; seconds: number }> {
  const started = performance.now()
  const [file, ...args] = check.command
  return new Promise((resolve) => {
    const child = spawn(file, args, { stdio: ['ignore', 'pipe', 'pipe'], env: { GOGC: '400', ...process.env } })
    let output = ''
    child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()))
    child.stderr.on('data', (chunk: Buffer) => (output += chunk.toString()))
    child.on('error', (error) => {
      output += error.message
    })
    child.on('close', (status) => {
      resolve({ ok: status === 0, output, seconds: (performance.now() - started) / 1000 })
    })
  })
}

const chosen = process.argv.includes('--no-unit-tests') ? checks.filter(({ name }) => name !== 'unit tests') : checks

async function report(check: Check): Promise<readonly string[]> {
  const { ok, output, seconds } = await run(check)
  console.log(`${ok ? 'ok  ' : 'FAIL'} ${check.name} (${seconds.toFixed(1)} s)`)
  if (ok) return []
  console.log(output)
  return [check.name, ...failedTests(output).map((name) => `  ${name}`)]
}

/** As vitest names them in its output. */
const failedTests = (output: string): readonly string[] => [
  ...new Set(
    stripVTControlCharacters(output)
      .match(/^ *FAIL {2}.*/gm)
      ?.map((line) => line.replace(/^ *FAIL +unit +/, '')),
  ),
]

const results = await sideBySide(
  2,
  chosen.map((check) => () => report(check)),
)
const failed = results.filter((lines) => lines.length > 0)
// Again at the end, since their output is long.
console.log([failed.length === 0 ? 'check: all good' : `check: ${failed.length} failed`, ...failed.flat()].join('\n'))
process.exitCode = failed.length === 0 ? 0 : 1
