/** Real servers to test against, started and stopped; development only. */
export { startAwsFront, type AwsFaults, type AwsFront, type AwsFrontOptions, type AwsRequest } from './aws/front.ts'
export { startMoto, type Moto, type MotoOptions, type SecretPlace, type StoredSecret } from './aws/moto.ts'
export {
  startSecurityTokenService,
  type SecurityTokenService,
  type StsCaller,
  type StsKeys,
} from './aws/security-token-service.ts'
export { evaluatePolicy, type PolicyDocument, type PolicyStatement } from './aws/policy.ts'
export { basicHeader, basicLogin, type Login } from './basic-login.ts'
export { mustRun, runCommand, type CommandOptions, type CommandResult } from './command.ts'
export { startConnectProxy, type ConnectProxy, type ConnectProxyOptions } from './connect-proxy.ts'
export { eventually, type Patience } from './deadline.ts'
export type { EngineOptions, TestEngine } from './engine.ts'
export { startFairleadAgent, type FairleadAgent, type FairleadAgentOptions } from './fairlead/agent.ts'
export { cli, cliJson, fairleadProgram, type CliOptions, type FairleadAccess } from './fairlead/program.ts'
export { startReplicas, type FairleadReplicas, type ReplicasOptions } from './fairlead/replicas.ts'
export type { ServeProcess } from './fairlead/serve-process.ts'
export type { FairleadServe, FairleadServeOptions } from './fairlead/fairlead-serve.ts'
export { startFairleadServe } from './fairlead/serve.ts'
export {
  startFaultProxy,
  type FaultHandle,
  type FaultProxy,
  type FaultProxyOptions,
  type ProxiedRequest,
} from './faults/fault-proxy.ts'
export type { CannedAnswer, FaultRule, HttpFault } from './faults/http-fault.ts'
export { startServerOfAnotherUser, type ServerOfAnotherUser } from './server-of-another-user.ts'
export { startTcpProxy, type TcpMode, type TcpProxy, type TcpProxyOptions } from './faults/tcp-proxy.ts'
export { makeFakeRayImage, type FakeRayOptions } from './fake-ray-image.ts'
export { enginePrograms, ensureGoPrograms, type GoProgramsOptions } from './go-programs.ts'
export { withFileLock } from './file-lock.ts'
export { startHostileRegistry, type HostileRegistryOptions } from './hostile-registry.ts'
export { startGoogle, type Google, type GoogleFaults, type GoogleOptions, type GoogleRequest } from './gcp/google.ts'
export { layoutProducts, startLayoutWorld, type LayoutWorld } from './layouts/layout-world.ts'
export { pairOf, type Product } from './layouts/product.ts'
export { listen, readBody, type HttpService, type ListenOptions } from './http-service.ts'
export { startKubelet, type KubeletOptions, type KubeletPod, type TestKubelet } from './kubelet.ts'
export {
  blobOf,
  descriptor,
  makeIndex,
  mediaTypes,
  sha256,
  type ImagePlatform,
  type LocalBlob,
  type LocalOciImage,
} from './local-image.ts'
export { madeOnce } from './made-once.ts'
export type { Machine, MachineProcessOptions } from './machine.ts'
export { makeImage, type FileContent, type ImageSpec, type LayerSpec } from './make-image.ts'
export { createNetwork, type TestNetwork } from './network.ts'
export { ociImageFromDir } from './oci-layout.ts'
export { startPostgres, type PostgresOptions } from './postgres.ts'
export { type Postgres } from './postgres-server.ts'
export { startPostgresStandby, type PostgresStandby } from './postgres-standby.ts'
export { pushImage, pushManifest, type PushOptions } from './push-image.ts'
export {
  ensurePythonEnvironment,
  motoPython,
  schemathesisPython,
  type PythonEnvironmentOptions,
} from './python-environment.ts'
export { lockFile } from './python-lock.ts'
export { startRecorder, type RecordedRequest, type Recorder, type RecorderOptions } from './recorder.ts'
export { registryClient, type RegistryClient, type RegistryRequest, type RegistryResponse } from './registry-client.ts'
export { ensureRayImage, type ImageProgress, type RayImageOptions } from './ray-image.ts'
export {
  startRegistry,
  type Registry,
  type RegistryAuth,
  type RegistryOptions,
  type RegistryTarget,
} from './registry.ts'
export { challengeCases } from './rogue/challenge-cases.ts'
export { faultCases } from './rogue/fault-cases.ts'
export { borrowedLayerCases, layerCases } from './rogue/layer-cases.ts'
export { manifestCases } from './rogue/manifest-cases.ts'
export { addressCases, redirectCases } from './rogue/redirect-cases.ts'
export { tokenCases } from './rogue/token-cases.ts'
export type { RogueCase } from './rogue/rogue-case.ts'
export { startRogueWorld, type RogueWorld, type RogueWorldOptions } from './rogue/rogue-world.ts'
export { newFolder, runFolder } from './run-folder.ts'
export { inLog, startService, untilReady, type Service, type ServiceSpec } from './service.ts'
export { startTcpBalancer } from './tcp-balancer.ts'
export { createCa, type Certificate, type TestCa } from './test-ca.ts'
export {
  startTokenServer,
  type RegistryUser,
  type TokenRequest,
  type TokenServer,
  type TokenServerOptions,
} from './token-server.ts'
export { scanFiles, type FileScan } from './file-scan.ts'
export { scanMemory, type MemoryScan } from './memory-scan.ts'
export type { Finding } from './secret-scan/find-forms.ts'
export { secretForms, type SecretForm } from './secret-scan/secret-forms.ts'
export { canaryForms, cleanPlace, rowHolds, type CanaryRow, type Sought } from './canary-row.ts'
export { canaryTable } from './canary-table.ts'
export { capturePackets, type PacketCapture } from './packet-capture.ts'
export { scanPackets, type PacketScan } from './packet-scan.ts'
export { startProcessSampler, type ProcessSampler, type ProcessScan } from './process-sampler.ts'
