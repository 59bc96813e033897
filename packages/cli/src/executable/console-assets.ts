/** The name prefix of the web console's files, which are stored next to the parts in the single file. */
export const consoleAssets = 'console/'
