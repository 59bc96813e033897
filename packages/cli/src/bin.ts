#!/usr/bin/env node
/** Entry of the `fairlead` command. */
process.exitCode = 2
