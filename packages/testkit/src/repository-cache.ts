/** Where things are kept that are made once for this repository; set-up fills it, and git ignores it. */
import { fileURLToPath } from 'node:url'

export const repositoryCache = fileURLToPath(new URL('../../../.cache', import.meta.url))
