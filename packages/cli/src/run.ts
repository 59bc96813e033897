/** Runs one command line. The only error boundary: every error ends as a problem on standard error, and as its exit code. */
import { run } from '@stricli/core'
import { arranged, buildFairlead, commandIn, placeIn } from './app.ts'
import { flagsOf } from './command-tree.ts'
import { complete } from './complete.ts'
import { Interrupted, LeftRunning, UnwritableOutput, type CliContext } from './context.ts'
import { UsageError } from './usage-error.ts'

export async function runFairlead(typed: readonly string[], context: CliContext): Promise<number> {
  const args = arranged(typed)
  try {
    const app = buildFairlead(args)
    if (args[0] === 'complete' && args[1] === '--') await complete(app, arranged(args.slice(2)), context)
    else await run(app, args, context)
    const { exitCode } = context.process
    return typeof exitCode === 'number' ? exitCode : 0
  } catch (error) {
    return present(error, args, context)
  }
}

/** Prints a problem and returns its exit code. */
export async function present(error: unknown, args: readonly string[], context: CliContext): Promise<number> {
  // Loaded only now: a successful run does not pay for it.
  const { isProblem, problem, problemOf, writeFault } = await import('@fairlead/contract/problems')
  const { UsageProblem } = await import('./usage-problem.ts')
  const { jsonText } = await import('./terminal/json-text.ts')
  const { formatProblemDocument } = await import('./terminal/problem-text.ts')
  const { inFlags } = await import('./field-flags.ts')
  const { paintFor } = await import('./terminal/paint.ts')
  const found = (() => {
    // The packages that found it do not know which command it was.
    if (isProblem(error, 'USAGE')) return new UsageProblem(new UsageError(error.what, commandIn(args)))
    if (error instanceof UsageError) return new UsageProblem(error)
    if (error instanceof UnwritableOutput) {
      return problem('FILE_UNWRITABLE', { path: 'standard output', reason: writeFault(error.cause) })
    }
    if (error instanceof Interrupted) return problem('INTERRUPTED')
    return problemOf(error)
  })()
  const isJson = args.includes('--json') || args.includes('--json=true')
  if (error instanceof LeftRunning && !isJson) {
    context.stderr.write(error.message)
    return found.row.exit
  }
  const text = isJson
    ? `${jsonText(found.toDocument(), 2)}\n`
    : formatProblemDocument(
        inFlags(found.toDocument(), flagsOf(placeIn(args).target)),
        paintFor(context.stderr, context.env),
      )
  context.stderr.write(text)
  // For developers who debug our own faults: where it was thrown. Never the message, which may quote its input.
  if (found.code === 'INTERNAL' && context.env['FAIRLEAD_DEBUG'] && error instanceof Error) {
    const frames = (error.stack ?? '').split('\n').filter((line) => line.startsWith('    at '))
    context.stderr.write(`${[error.name, ...frames].join('\n')}\n`)
  }
  return found.row.exit
}
