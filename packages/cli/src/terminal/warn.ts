/** Warnings go to standard error, separate from the result. */
import { printableText } from '@fairlead/contract/problems'
import type { CliContext } from '../context.ts'
import { paintFor } from './paint.ts'

export function warn({ stderr, env }: CliContext, text: string): void {
  stderr.write(`${paintFor(stderr, env).yellow('warning:')} ${text}\n`)
}

export interface FixableWarning {
  readonly code: string
  readonly what: string
  readonly fix: string
}

export function warnWithFix(context: CliContext, { code, what, fix }: FixableWarning): void {
  const { stderr, env } = context
  const paint = paintFor(stderr, env)
  warn(context, `${printableText(what)} ${paint.dim(`(${code})`)}`)
  stderr.write(`${paint.bold('fix:')}     ${printableText(fix)}\n`)
}

export const warningJson = ({ code, what, fix }: FixableWarning): object => ({ code, detail: what, fix })
