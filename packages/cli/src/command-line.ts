/** One run of the `fairlead` command in this process. */
import { contextOfProcess, dieOf } from './context-of-process.ts'
import { present, runFairlead } from './run.ts'

/** For writes that are still pending when the command finishes. */
const lastWritesMs = 1000

/** Sets the exit status of the process. */
export async function runCommandLine(args: readonly string[]): Promise<void> {
  // Whatever this user creates, this user can use.
  process.umask(process.umask(0o077) & 0o077)
  const context = contextOfProcess()
  let isPresenting = false
  // An error that nothing else catches also ends as a problem, never as a trace that might quote its input.
  process.once('uncaughtException', (error) => {
    isPresenting = true
    // oxlint-disable-next-line promise/no-promise-in-callback -- the process ends with it
    void present(error, args, context).then(
      (status) => process.exit(status),
      () => process.exit(1),
    )
  })
  process.exitCode = await runFairlead(args, context)
  // A connection that a library left open, such as to a metadata service that never answers, does not keep a finished command running.
  setTimeout(() => {
    if (context.signal.aborted) dieOf('SIGINT')
    if (!isPresenting) process.exit()
  }, lastWritesMs).unref()
}
