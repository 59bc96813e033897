/** The version of this command line; the same number stands in package.json, and a test holds them together. */
export const cliVersion = '0.1.0'
