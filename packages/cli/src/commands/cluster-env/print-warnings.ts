/** Warnings: valid, but probably not intended. They go to standard error, separate from the result. */
import { printable, printableText } from '@fairlead/contract/problems'
import { type ConfigWarning } from '@fairlead/contract/wire'
import type { CliContext } from '../../context.ts'
import { paintFor } from '../../terminal/paint.ts'
import { warn } from '../../terminal/warn.ts'

export function printWarnings(context: CliContext, warnings: readonly ConfigWarning[]): void {
  const paint = paintFor(context.stderr, context.env)
  for (const { code, path, detail } of warnings) {
    warn(context, `${paint.bold(printable(path))}: ${printableText(detail)} ${paint.dim(`(${printable(code)})`)}`)
  }
}
