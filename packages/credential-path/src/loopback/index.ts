/** For clients of a control plane other than the agent: which user's program they are talking to. */
export { FirstUser, trustedControlPlane } from './control-plane-user.ts'
export { trustedServerConnector, type JudgeUser } from './trusted-server.ts'
