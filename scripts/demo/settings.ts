/** Names and places that the demo and the setup agree on. */
import { fileURLToPath } from 'node:url'

export const cacheFolder = fileURLToPath(new URL('../../.cache', import.meta.url))
export const motoPython = fileURLToPath(new URL('../../.cache/moto/bin/python', import.meta.url))
export const rayVersion = '2.55.1'
