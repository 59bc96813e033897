/** One run of schemathesis with one token: the document's operations, valid and invalid data, sequences of calls, all checks. */
import { readFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { newFolder, runCommand, schemathesisPython } from '@fairlead/testkit'
import type { ApiWorld } from './api-world.ts'

export interface SchemathesisRun {
  /** The URL to call. */
  readonly origin: string
  /** `name: value`: the header that identifies the caller. */
  readonly header: string
  /** The id of its token, which must outlive the run; null if there is none. */
  readonly tokenId: string | null
  /** What nodes sign, except their farewell, after which nothing else is answered; or everything that they do not sign. */
  readonly routes: 'signed' | 'leave' | 'others'
  readonly seed: number
  /** Generated examples per operation. */
  readonly examples: number
  readonly phases: string
  readonly timeoutMs: number
}

export interface SchemathesisResult {
  readonly cases: number
  readonly operations: number
  /** From the event stream. */
  readonly eventsRead: number
  readonly seconds: number
  readonly failures: readonly unknown[]
  readonly exitCode: number
  /** What it printed, for diagnosing a failure. */
  readonly output: string
}

interface JsonReport {
  running_time: number
  operations: { tested: number }
  test_cases: { generated: number }
  failures: unknown[]
  errors: unknown[]
}

const routeFilters: Record<SchemathesisRun['routes'], Record<string, string>> = {
  signed: { 'include-path-regex': '/nodes/me/(?!leave$)' },
  leave: { 'include-path-regex': '/nodes/me/leave$' },
  others: { 'exclude-path-regex': '/nodes/me/' },
}

const here = dirname(fileURLToPath(import.meta.url))

export async function runSchemathesis(world: ApiWorld, run: SchemathesisRun): Promise<SchemathesisResult> {
  const folder = newFolder('schemathesis')
  const report = join(folder, 'report.json')
  const options = {
    checks: 'all',
    phases: run.phases,
    'max-examples': String(run.examples),
    seed: String(run.seed),
    header: run.header,
    ...routeFilters[run.routes],
    // A node's report has dozens of patterns: much of what is generated for it is dropped, which says nothing about the API.
    'suppress-health-check': 'filter_too_much',
    report: 'json',
    'report-json-path': report,
  }
  const python = await schemathesisPython()
  const { status, stdout, stderr } = await runCommand(
    python,
    [
      '-m',
      'schemathesis.cli',
      `--config-file=${join(here, 'schemathesis.toml')}`,
      'run',
      `${run.origin}/api/v1/openapi.json`,
      ...Object.entries(options).map(([name, value]) => `--${name}=${value}`),
      '--continue-on-failure',
      '--no-color',
    ],
    {
      // It leaves a folder in its working directory.
      cwd: folder,
      timeoutMs: run.timeoutMs,
      env: {
        ...process.env,
        // Beside the interpreter, not beside our sources: the next run starts in half the time.
        PYTHONPYCACHEPREFIX: join(dirname(python), 'compiled'),
        PYTHONPATH: here,
        SCHEMATHESIS_HOOKS: 'schemathesis_hooks',
        FAIRLEAD_API_WORLD: JSON.stringify({
          ids: world.ids,
          environment_name: world.environmentName,
          own_token_id: run.tokenId,
        }),
      },
    },
  )
  const told = JSON.parse(await readFile(report, 'utf8').catch(() => 'null')) as JsonReport | null
  return {
    cases: told?.test_cases.generated ?? 0,
    operations: told?.operations.tested ?? 0,
    eventsRead: Number(await readFile(join(folder, 'events-read'), 'utf8').catch(() => '0')),
    seconds: told?.running_time ?? 0,
    failures: [...(told?.failures ?? ['no report']), ...(told?.errors ?? [])],
    exitCode: status,
    output: `${stdout}${stderr}`,
  }
}
