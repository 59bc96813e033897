#!/usr/bin/env node
/** Entry point of `docker-credential-fairlead`, which Docker starts for each pull. */
import { keepCompiledCode } from '@fairlead/credential-path/process/compile-cache'
import { refuseOldNode } from '@fairlead/credential-path/process/node-version'

refuseOldNode()
keepCompiledCode()

const { runHelper } = await import('./main.ts')
await runHelper(process.argv.slice(2))
