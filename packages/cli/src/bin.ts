#!/usr/bin/env node
/** Entry of the `fairlead` command. */
import { enableCompileCache } from 'node:module'

// Half of the start is reading code; what was read is kept in the user's own cache folder.
enableCompileCache()

const { contextOfProcess } = await import('./context-of-process.ts')
const { runFairlead } = await import('./run.ts')

process.exitCode = await runFairlead(process.argv.slice(2), contextOfProcess())
