#!/usr/bin/env node
/** Entry of `fairlead-kubelet-credential-provider`, which the kubelet starts for an image. */
import { keepCompiledCode } from '../../compile-cache.mjs'
import { refuseOldNode } from '../../node-version.mjs'

refuseOldNode()
keepCompiledCode()

const { runProvider } = await import('./main.ts')
await runProvider(process.argv.slice(2))
