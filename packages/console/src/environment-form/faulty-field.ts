/** Which form field a failed check is about: the correction starts there. */
import type { ProblemCode } from '@fairlead/contract/problems'
import type { Build, StepReport } from '@fairlead/contract/wire'
import type { FormField } from './told-problems.ts'

/** A failure at any other step is about the image. */
const fieldOfStep: Partial<Record<StepReport['step'], FormField>> = {
  secret: 'registry_login_secret',
  match: 'registry_login_secret',
  login: 'registry_login_secret',
  ray: 'ray_version',
}

/** These occur when the image is requested, but concern the identity that requests it. */
const aboutTheLogin: ReadonlySet<ProblemCode> = new Set(['REGISTRY_AUTH_MISSING', 'REGISTRY_ACCESS_DENIED'])

export function faultyField({ problem, steps }: Pick<Build, 'problem' | 'steps'>): FormField {
  if (problem !== null && aboutTheLogin.has(problem.code)) return 'registry_login_secret'
  const failed = steps.findLast(({ status }) => status === 'failed')
  return (failed && fieldOfStep[failed.step]) ?? 'docker_image'
}
