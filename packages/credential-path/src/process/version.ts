/** The version of this agent; package.json has the same number, and a test keeps them equal. */
export const agentVersion = '0.1.0'
