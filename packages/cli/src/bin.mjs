#!/usr/bin/env node
/**
 * Entry of the `fairlead` command. Half of a start is reading code, so the code is cached as bytecode once read. Only this file
 * is plain JavaScript: a start that finds everything else compiled then does not need to load the type stripper (91 ms became 48).
 */
import { keepCompiledCode } from '@fairlead/credential-path/process/compile-cache'
import { refuseOldNode } from '@fairlead/credential-path/process/node-version'

refuseOldNode()
keepCompiledCode()

await import('./bin.ts')
