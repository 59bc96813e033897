#!/usr/bin/env node
/** Entry of the `fairlead` command. */
export {}
