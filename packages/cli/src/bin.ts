/** One run of the `fairlead` command, from files. */
import { runCommandLine } from './command-line.ts'

await runCommandLine(process.argv.slice(2))
