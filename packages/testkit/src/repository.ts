/** Places in this repository. */
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('../../..', import.meta.url))

/** A path from the root. */
export const inRepository = (path: string): string => join(root, path)

/** Where things are kept that are made once; set-up fills it, and git ignores it. */
export const repositoryCache = inRepository('.cache')
