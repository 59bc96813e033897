/** What the names of the web console's files begin with, where they lie beside the parts in the one file. */
export const consoleAssets = 'console/'
