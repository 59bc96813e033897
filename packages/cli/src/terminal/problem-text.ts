/** A problem on a terminal: what happened, what to do, who can do it. */
import { printable, printableText, type Problem, type ProblemDocument, type Who } from '@fairlead/contract/problems'
import type { Paint } from './paint.ts'

const whoText: Record<Who, string> = {
  you: 'you',
  'node-owner': 'the owner of the node; forward these lines',
  'registry-admin': 'the admin of the registry; forward these lines',
  'cloud-admin': 'an admin of this Fairlead cloud; forward these lines',
}

export function formatProblem(problem: Problem, paint: Paint): string {
  return formatProblemDocument(problem.toDocument(), paint)
}

export function formatProblemDocument(
  document: ProblemDocument,
  paint: Paint,
  label: string = paint.red('error:'),
): string {
  const lines = [
    `${paint.bold(label)} ${printableText(document.detail)} ${paint.dim(`(${document.code})`)}`,
    ...(document.fields ?? []).map((field) => `  ${paint.bold(printable(field.path))}: ${printableText(field.detail)}`),
    `${paint.bold('fix:')}   ${printableText(document.fix)}`,
    `${paint.bold('who:')}   ${whoText[document.who]}`,
  ]
  if (document.status >= 500 && document.request_id !== undefined) {
    lines.push(`${paint.bold('id:')}    ${printable(document.request_id)}`)
  }
  return `${lines.join('\n')}\n`
}
