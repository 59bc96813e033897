/** One run of the `fairlead` command in this process. */
import { contextOfProcess } from './context-of-process.ts'
import { present, runFairlead } from './run.ts'

/** Sets the exit status of the process. */
export async function runCommandLine(args: readonly string[]): Promise<void> {
  const context = contextOfProcess()
  // What escapes every hand ends as a problem as well, never as a trace that may quote what it choked on.
  process.once('uncaughtException', (error) => {
    // oxlint-disable-next-line promise/no-promise-in-callback -- the process ends with it
    void present(error, args, context).finally(() => process.exit(1))
  })
  process.exitCode = await runFairlead(args, context)
}
