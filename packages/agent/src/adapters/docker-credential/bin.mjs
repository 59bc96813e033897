#!/usr/bin/env node
/** Entry of `docker-credential-fairlead`, which Docker starts for each pull. */
import { keepCompiledCode } from '../../compile-cache.mjs'
import { refuseOldNode } from '../../node-version.mjs'

refuseOldNode()
keepCompiledCode()

const { runHelper } = await import('./main.ts')
await runHelper(process.argv.slice(2))
