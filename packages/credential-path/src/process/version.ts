/** The version of this agent; the same number stands in package.json, and a test holds them together. */
export const agentVersion = '0.1.0'
