/** For clients of a control plane other than the agent: whose program it is that they speak to. */
export { FirstUser, trustedControlPlane } from './control-plane-user.ts'
export { trustedServerConnector, type JudgeUser } from './trusted-server.ts'
