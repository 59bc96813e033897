/**
 * Which Fairlead this is: every program prints it, and every package has this number (`npm run release:version` changes them
 * together, and a test keeps them equal).
 */
export const version = '0.1.0'

declare const FAIRLEAD_COMMIT: string | undefined

/** The commit of the sources, set by the build; null when the sources themselves run. */
export const commit = typeof FAIRLEAD_COMMIT === 'string' ? FAIRLEAD_COMMIT : null
