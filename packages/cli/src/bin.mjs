#!/usr/bin/env node
/**
 * Entry of the `fairlead` command. Half of a start is reading code, so what was read once is kept as bytecode. This file alone
 * is plain JavaScript: with it, a start that finds all else compiled need not load the type stripper either (91 ms became 48).
 */
import { keepCompiledCode } from '@fairlead/credential-path/process/compile-cache'
import { refuseOldNode } from '@fairlead/credential-path/process/node-version'

refuseOldNode()
keepCompiledCode()

await import('./bin.ts')
