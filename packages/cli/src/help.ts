/** `--help` everywhere: what the library makes of the parameters, and below it examples to copy. */
import { help, type Command, type RouteMap, type StricliIntegration } from '@stricli/core'
import type { CliContext } from './context.ts'

const examplesOf = new WeakMap<object, readonly string[]>()

/** Gives a command its examples. */
export function withExamples<Target extends Command<CliContext> | RouteMap<CliContext>>(
  target: Target,
  examples: readonly string[],
): Target {
  examplesOf.set(target, examples)
  return target
}

export function helpWithExamples(): StricliIntegration<CliContext> {
  const plain = help<CliContext>({
    brief: 'Print this help',
    defaultForRouteMap: true,
    formatting: { useAliasInUsageLine: true, onlyRequiredInUsageLine: true, caseStyle: 'convert-camel-to-kebab' },
  })
  const flag = plain.flag
  if (!flag) return plain
  return {
    ...plain,
    flag: {
      ...flag,
      async run(app, details) {
        await flag.run.call(this, app, details)
        const examples = examplesOf.get(details.result.target)
        if (!examples) return
        const title = details.ansiColorByStream.stdout ? '\u001B[1mEXAMPLES\u001B[22m' : 'EXAMPLES'
        this.process.stdout.write(`\n${title}\n${examples.map((line) => `  ${line}\n`).join('')}`)
      },
    },
  }
}
