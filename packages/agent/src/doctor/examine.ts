/** One examination built from its parts: of the path for an image, or of the installation. */
import { checkDoors } from './check-doors.ts'
import { checkInstallation, type InstallationParts } from './check-installation.ts'
import { checkPath, type PathAnswer, type PathQuestion } from './check-path.ts'
import { imageSteps, installationSteps, type DoctorReport } from './doctor-report.ts'
import { learnPlace } from './learn-place.ts'
import { lookAtEngine, type SeenEngine } from './look-at-engine.ts'
import { policySettings } from './policy-settings.ts'
import { StepList, type OnDoctorSteps } from './step-list.ts'
import { policyWarnings, rayTokenWarning } from './warnings.ts'
import { loadedPolicy, notLoadedWarning } from '@fairlead/credential-path/policy/loaded-policy'
import type { NodePolicy, PolicyInForce } from '@fairlead/credential-path/policy/node-policy'

export async function examine(
  question: PathQuestion | null,
  parts: InstallationParts,
  onSteps: OnDoctorSteps,
  signal: AbortSignal,
): Promise<DoctorReport> {
  const steps = new StepList(question === null ? installationSteps : imageSteps, onSteps, signal)
  const inForce = await steps.take('policy', parts.readPolicy, ({ given }) => ({
    exists: given !== null,
    settings: given?.length ?? 0,
  }))
  const policy = inForce?.policy ?? null
  const engine = await lookAtEngine(parts.engine, signal)
  const found =
    question === null
      ? { warnings: await checkInstallation(policy, engine, parts, steps, signal), serverOfSecret: null }
      : await checkImage(question, policy, engine, parts, steps, signal)
  await engine.tell(steps)
  const ofDoors = question === null && policy !== null ? await checkDoors(policy, parts.doors, steps, signal) : []
  const open = rayTokenWarning(engine.withoutToken)
  return {
    steps: steps.close(),
    warnings: [
      ...(inForce === null ? [] : await warningsOf(inForce, parts, signal)),
      ...found.warnings,
      ...ofDoors,
      ...(open === null ? [] : [open]),
    ],
    policy: inForce === null ? null : policySettings(inForce),
    authorities: parts.authorities,
    serverOfSecret: found.serverOfSecret,
  }
}

async function warningsOf(inForce: PolicyInForce, parts: InstallationParts, signal: AbortSignal) {
  const { provider, isConfined } = parts
  const { policy } = inForce
  const notLoaded = notLoadedWarning(loadedPolicy(inForce), await parts.loadedPolicy())
  return [
    ...(notLoaded === null ? [] : [notLoaded]),
    ...policyWarnings(policy, provider, await isConfined(policy, signal)),
  ]
}

/** Without a policy nothing may be read or asked; the node's identity can still be reported. */
async function checkImage(
  question: PathQuestion,
  policy: NodePolicy | null,
  engine: SeenEngine,
  parts: InstallationParts,
  steps: StepList,
  signal: AbortSignal,
): Promise<PathAnswer> {
  if (policy !== null) return checkPath(question, policy, engine, parts, steps, signal)
  if (question.secret !== null) await learnPlace(parts, policy, steps, signal)
  return { warnings: [], serverOfSecret: null }
}
