#!/usr/bin/env node
/** Entry of the `fairlead` command. */
import { keepCompiledCode } from './compile-cache.ts'

keepCompiledCode()

const { contextOfProcess } = await import('./context-of-process.ts')
const { runFairlead } = await import('./run.ts')

process.exitCode = await runFairlead(process.argv.slice(2), contextOfProcess())
