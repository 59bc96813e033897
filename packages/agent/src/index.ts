/** The public names of the agent. */
export { agentLogs, agentStatus, type AgentStatus } from './process/agent-status.ts'
export { removeConfinement } from './confinement/remove-confinement.ts'
export { joinNode, type Admission, type JoinedNode, type JoinOptions } from './channel/join.ts'
export { leaveNode, type LeaveOptions, type LeftNode } from './channel/leave-node.ts'
export { podProver, type Pod } from './attestation/pod-machine-proof.ts'
export { machineProver } from './attestation/machine-prover.ts'
export {
  firstProblem,
  type DoctorReport,
  type DoctorStep,
  type DoctorStepName,
  type DoctorWarning,
  type Findings,
  type PolicySetting,
} from './doctor/doctor-report.ts'
export { examinePod } from './doctor/examine-pod.ts'
export { runDoctor, type DoctorOptions } from './doctor/run-doctor.ts'
export { runAgent, type AgentOptions } from './process/main.ts'
export { openClusterApi } from './kubernetes/cluster-api.ts'
export { fateOfDaemonSet, type DaemonSetFate } from './kubernetes/daemonset-fate.ts'
export { pullOnce, type PullOnceOptions } from './pull-once.ts'
export type { FailedStart } from './workload/last-lines.ts'
