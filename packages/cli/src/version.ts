/** The version of this command line; package.json has the same number, and a test keeps them in sync. */
export const cliVersion = '0.1.0'
