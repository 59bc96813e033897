/** What doctor prints after its steps: problems and warnings, the policy in force, and the result. */
import { firstProblem, type DoctorReport, type DoctorStep } from '@fairlead/agent'
import { printable } from '@fairlead/contract/problems'
import type { CliContext } from '../../context.ts'
import { paintFor, type Paint } from '../../terminal/paint.ts'
import { formatProblem } from '../../terminal/problem-text.ts'
import { warnWithFix } from '../../terminal/warn.ts'
import { policyText } from './policy-text.ts'

/** `node`: the installation of this machine. `pod`: the pod that the command runs in. */
export type Subject = { readonly image: string } | 'node' | 'pod'

export interface Examined {
  readonly subject: Subject
  readonly policyFile: string
}

export const imageIn = (subject: Subject): string | null => (typeof subject === 'string' ? null : subject.image)

export const subjectText = (subject: Subject, paint: Paint): string =>
  typeof subject === 'string' ? `this ${subject}` : paint.bold(printable(subject.image))

export function printReport(context: CliContext, { subject, policyFile }: Examined, report: DoctorReport): void {
  const { stdout, stderr, env } = context
  const paint = paintFor(stdout, env)
  if (subject === 'node' && report.policy !== null) {
    stdout.write(`${paint.bold('Active policy')} (${printable(policyFile)})\n`)
    stdout.write(`${policyText(report.policy, paint)}\n`)
    stdout.write(`${paint.bold('System authorities')}: ${systemText(report.authorities)}\n\n`)
  }
  if (report.doorSecret) stdout.write(`The secret is that of the door: ${printable(report.doorSecret)}\n`)
  const errorPaint = paintFor(stderr, env)
  for (const step of report.steps) stderr.write(problemText(step, report.serverOfSecret, errorPaint))
  for (const warning of report.warnings) {
    warnWithFix(context, warning)
    stderr.write('\n')
  }
  stdout.write(`${verdict(subject, report, paint)}\n`)
}

const systemText = (path: string | null) => (path === null ? "none, so Node's own list is used" : printable(path))

/** Problem details that must not leave this machine are printed with it. */
function problemText({ step, problem, findings }: DoctorStep, serverOfSecret: string | null, paint: Paint): string {
  if (problem === null) return ''
  const seen = Object.entries(findings).filter(([, value]) => !problem.what.includes(String(value)))
  if (step === 'match' && serverOfSecret !== null) seen.push(["the secret's server", serverOfSecret])
  const lines = seen.map(([name, value]) => `  ${paint.bold(name)}: ${printable(String(value))}\n`)
  return `${formatProblem(problem, paint)}${paint.bold('step:')}  ${step}\n${lines.join('')}\n`
}

function verdict(subject: Subject, report: DoctorReport, paint: Paint): string {
  const image = imageIn(subject)
  const name = typeof subject === 'string' ? `This ${subject}` : printable(subject.image)
  const failed = report.steps.filter(({ status }) => status === 'failed').map(({ step }) => step)
  if (firstProblem(report) === null) {
    return `${paint.green(paint.bold(name))} ${image === null ? 'is in order' : 'can be pulled on this node'}`
  }
  return `${paint.red(paint.bold(name))} ${image === null ? 'is not in order' : 'cannot be pulled on this node'}: ${failed.join(', ')}`
}
