/** `fairlead doctor`: examines the credential path for an image, or the installation of this node, without pulling anything. */
import { firstProblem, runDoctor, type DoctorReport, type DoctorStep } from '@fairlead/agent'
import { looksLikeSecret, type Provider } from '@fairlead/contract/names'
import { printable, problem } from '@fairlead/contract/problems'
import { join, resolve } from 'node:path'
import type { CliContext } from '../../context.ts'
import type { JsonFlag } from '../../flags.ts'
import { printJson } from '../../print.ts'
import { stepBoard } from '../../steps/step-board.ts'
import { paintFor } from '../../terminal/paint.ts'
import { UsageError } from '../../usage-error.ts'
import { defaultPaths, namedPolicy, type PolicyFlags } from '../agent/paths.ts'
import { saidProvider } from '../pull/said-provider.ts'
import { wordedStep } from './doctor-words.ts'
import { printReport } from './print-report.ts'

export interface DoctorFlags extends JsonFlag, PolicyFlags {
  readonly image?: string
  readonly registryLoginSecret?: string
  readonly provider?: Provider
  readonly secretsDir: string
  readonly dockerSocket: string
  readonly stateDir: string
}

export default async function doctor(this: CliContext, flags: DoctorFlags, argument?: string): Promise<void> {
  const { registryLoginSecret: secret = null } = flags
  if (argument !== undefined && flags.image !== undefined)
    throw usage('IMAGE and --image are the same; give one of them')
  const image = argument ?? flags.image ?? null
  if (image === null && secret !== null) throw usage('--registry-login-secret needs an IMAGE')
  if (secret !== null && looksLikeSecret(secret)) throw problem('REFERENCE_LOOKS_LIKE_A_SECRET')
  const named = namedPolicy(this, flags)
  const policyFile = named ?? defaultPaths.policy
  const paint = paintFor(this.stdout, this.env)
  const subject = image === null ? 'this node' : paint.bold(printable(image))
  if (!flags.json) this.stdout.write(`Examining ${subject}\n`)
  const board = stepBoard(this, flags)
  try {
    const report = await runDoctor(
      {
        image,
        secret,
        provider: saidProvider(flags),
        policyFile: named,
        secretsDir: resolve(this.cwd, flags.secretsDir),
        dockerSocket: resolve(this.cwd, flags.dockerSocket),
        stateDir: resolve(this.cwd, flags.stateDir),
        dockerConfig: join(this.env['DOCKER_CONFIG'] ?? join(this.home, '.docker'), 'config.json'),
        onSteps: (steps) => board.show([{ title: null, steps: steps.map(wordedStep) }]),
      },
      this.signal,
    )
    board.end()
    this.process.exitCode = firstProblem(report)?.row.exit ?? 0
    if (flags.json) return printJson(this, reportJson({ image, policyFile }, report))
    printReport(this, { image, policyFile }, report)
  } finally {
    board.end()
  }
}

const usage = (text: string) => new UsageError(text, 'fairlead doctor')

/** Complete except for the secret's server, which only the terminal may show. */
function reportJson(asked: { image: string | null; policyFile: string }, report: DoctorReport): object {
  return {
    image: asked.image,
    ok: firstProblem(report) === null,
    steps: report.steps.map(stepJson),
    warnings: report.warnings.map(({ code, what, fix }) => ({ code, detail: what, fix })),
    policy: report.policy && { file: asked.policyFile, settings: report.policy },
    authorities: { system: report.authorities },
  }
}

const stepJson = ({ step, status, startedAt, durationMs, findings, skipped, problem: failure }: DoctorStep) => ({
  step,
  status,
  skipped,
  started_at: startedAt,
  duration_ms: durationMs,
  findings,
  problem: failure?.toDocument() ?? null,
})
