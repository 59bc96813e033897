/** `fairlead doctor`: examines the credential path for an image, the installation of this node, or what a pod can reach; pulls nothing. */
import { examinePod, firstProblem, runDoctor, type DoctorReport, type DoctorStep } from '@fairlead/agent'
import { looksLikeSecret, type Provider } from '@fairlead/contract/names'
import { problem } from '@fairlead/contract/problems'
import { join, resolve } from 'node:path'
import type { CliContext } from '../../context.ts'
import type { JsonFlag } from '../../flags.ts'
import { printJson } from '../../print.ts'
import { showSteps } from '../../steps/step-board.ts'
import { paintFor } from '../../terminal/paint.ts'
import { warningJson } from '../../terminal/warn.ts'
import { UsageError } from '../../usage-error.ts'
import { defaultPaths, namedPolicy, type PolicyFlags } from '../agent/paths.ts'
import { saidProvider } from '../pull/said-provider.ts'
import { wordedStep } from './doctor-words.ts'
import { imageIn, printReport, subjectText, type Examined, type Subject } from './print-report.ts'

export interface DoctorFlags extends JsonFlag, PolicyFlags {
  readonly image?: string
  readonly registryLoginSecret?: string
  readonly pod?: boolean
  readonly ownIdentity?: boolean
  readonly provider?: Provider
  readonly secretsDir: string
  readonly dockerSocket: string
  readonly stateDir: string
}

export default async function doctor(this: CliContext, flags: DoctorFlags, argument?: string): Promise<void> {
  const subject = subjectOf(flags, argument)
  const named = namedPolicy(this, flags)
  const examined = { subject, policyFile: named ?? defaultPaths.policy }
  if (!flags.json) this.stdout.write(`Examining ${subjectText(subject, paintFor(this.stdout, this.env))}\n`)
  const report = await showSteps(this, flags, (show) => {
    const onSteps = (steps: readonly DoctorStep[]) => show([{ title: null, steps: steps.map(wordedStep) }])
    return subject === 'pod'
      ? examinePod({ hasOwnIdentity: flags.ownIdentity ?? false, onSteps }, this.signal)
      : runDoctor(
          {
            image: imageIn(subject),
            secret: flags.registryLoginSecret ?? null,
            provider: saidProvider(flags),
            policyFile: named,
            secretsDir: resolve(this.cwd, flags.secretsDir),
            dockerSocket: resolve(this.cwd, flags.dockerSocket),
            stateDir: resolve(this.cwd, flags.stateDir),
            dockerConfig: join(this.env['DOCKER_CONFIG'] ?? join(this.home, '.docker'), 'config.json'),
            onSteps,
          },
          this.signal,
        )
  })
  this.process.exitCode = firstProblem(report)?.row.exit ?? 0
  if (flags.json) return printJson(this, reportJson(examined, report, flags.registryLoginSecret))
  printReport(this, examined, report)
}

function subjectOf(flags: DoctorFlags, argument: string | undefined): Subject {
  const { registryLoginSecret: secret, pod = false, ownIdentity = false } = flags
  if (argument !== undefined && flags.image !== undefined)
    throw usage('IMAGE and --image are the same; give one of them')
  const image = argument ?? flags.image
  if (pod && (image !== undefined || secret !== undefined)) throw usage('--pod looks at no image and reads no secret')
  if (ownIdentity && !pod) throw usage('--own-identity needs --pod')
  if (pod) return 'pod'
  if (image === undefined && secret !== undefined) throw usage('--registry-login-secret needs an IMAGE')
  if (secret !== undefined && looksLikeSecret(secret)) throw problem('REFERENCE_LOOKS_LIKE_A_SECRET')
  return image === undefined ? 'node' : { image }
}

const usage = (text: string) => new UsageError(text, 'fairlead doctor')

/** Complete except for the secret's server, which only the terminal may show. */
function reportJson({ subject, policyFile }: Examined, report: DoctorReport, secret: string | undefined): object {
  return {
    image: imageIn(subject),
    registry_login_secret: secret ?? report.doorSecret ?? null,
    ok: firstProblem(report) === null,
    steps: report.steps.map(stepJson),
    warnings: report.warnings.map(warningJson),
    policy: report.policy && { file: policyFile, settings: report.policy },
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
