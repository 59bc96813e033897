/** Where the packages' sources are, relative to the repository root. */

export const agent = 'packages/agent/src'
export const cli = 'packages/cli/src'
export const webConsole = 'packages/console/src'
export const contract = 'packages/contract/src'
export const controlPlane = 'packages/control-plane/src'
export const credentialPath = 'packages/credential-path/src'
export const doors = 'packages/doors/src'
