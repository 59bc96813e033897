/** The `fairlead` command as its package names it: what a user starts, plain JavaScript first. */
import { fileURLToPath } from 'node:url'

export const fairleadCommand = fileURLToPath(new URL('../../../packages/cli/src/bin.mjs', import.meta.url))
