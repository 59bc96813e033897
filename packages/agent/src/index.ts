/** The public names of the agent. */
export {
  setUpDocker,
  undoDockerSetup,
  type DockerLogin,
  type DockerSetup,
  type SetupChange,
  type SetupFile,
} from './adapters/docker-config/docker-setup.ts'
export { secretFromDockerConfig, type DocumentQuestion } from './adapters/docker-config/secret-document.ts'
export { userLoginMap } from './adapters/places.ts'
export { agentLogs, agentStatus, type AgentStatus } from './agent-status.ts'
export { removeConfinement } from './confinement/remove-confinement.ts'
export { keepMemoryOutOfCores } from './core-dump-filter.ts'
export { joinNode, type Admission, type JoinedNode, type JoinOptions } from './control-channel/join.ts'
export { leaveNode, type LeaveOptions, type LeftNode } from './leave-node.ts'
export { machineProver } from './machine-proof/machine-prover.ts'
export {
  firstProblem,
  type DoctorReport,
  type DoctorStep,
  type DoctorStepName,
  type DoctorWarning,
  type Findings,
  type PolicySetting,
} from './doctor/doctor-report.ts'
export { runDoctor, type DoctorOptions } from './doctor/run-doctor.ts'
export {
  explainChallenge,
  explainRealm,
  explainSecretDocument,
  type ChallengeAnswer,
  type RealmQuestion,
  type SecretDocumentAnswer,
} from './explain.ts'
export { runAgent, type AgentOptions } from './main.ts'
export type { NodePolicy } from './policy/node-policy.ts'
export { readNodePolicy } from './policy/read-node-policy.ts'
export { chooseProvider } from './secrets/choose-provider.ts'
export { pullOnce, type PullOnceOptions } from './pull-once.ts'
export { trustSystemStore } from './secure-process.ts'
export type { CheckedImage, PulledImage } from './pull/image-puller.ts'
export type { FailedStart } from './workload/last-lines.ts'
