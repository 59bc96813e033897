/** One run of the `fairlead` command in this process. */
import { contextOfProcess } from './context-of-process.ts'
import { present, runFairlead } from './run.ts'

/** For what still writes when the command is done. */
const lastWritesMs = 1000

/** Sets the exit status of the process. */
export async function runCommandLine(args: readonly string[]): Promise<void> {
  const context = contextOfProcess()
  let isPresenting = false
  // What escapes every hand ends as a problem as well, never as a trace that may quote what it choked on.
  process.once('uncaughtException', (error) => {
    isPresenting = true
    // oxlint-disable-next-line promise/no-promise-in-callback -- the process ends with it
    void present(error, args, context).then(
      (status) => process.exit(status),
      () => process.exit(1),
    )
  })
  process.exitCode = await runFairlead(args, context)
  // A connection that a library left open, such as to a metadata service that never answers, does not hold a command that is done.
  setTimeout(() => {
    if (!isPresenting) process.exit()
  }, lastWritesMs).unref()
}
