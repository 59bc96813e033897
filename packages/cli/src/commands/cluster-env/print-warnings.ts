/** Warnings: valid, but probably not intended. They go to standard error, separate from the result. */
import { printable } from '@fairlead/contract/problems'
import { type ConfigWarning } from '@fairlead/contract/wire'
import type { CliContext } from '../../context.ts'
import { paintFor } from '../../terminal/paint.ts'
import { printableText } from '../../terminal/printable-text.ts'

export function printWarnings(context: CliContext, warnings: readonly ConfigWarning[]): void {
  const paint = paintFor(context.stderr, context.env)
  for (const { code, path, detail } of warnings) {
    const where = `${paint.yellow('warning:')} ${paint.bold(printable(path))}:`
    context.stderr.write(`${where} ${printableText(detail)} ${paint.dim(`(${printable(code)})`)}\n`)
  }
}
