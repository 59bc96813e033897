#!/usr/bin/env node
/** Entry point of `fairlead-kubelet-credential-provider`, which the kubelet starts for an image. */
import { keepCompiledCode } from '@fairlead/credential-path/process/compile-cache'
import { refuseOldNode } from '@fairlead/credential-path/process/node-version'

refuseOldNode()
keepCompiledCode()

const { runProvider } = await import('./main.ts')
await runProvider(process.argv.slice(2))
