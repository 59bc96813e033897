/** Turns the events of a registry client into the steps from `reach` to `platform`. */
import { registryOf, type ImageReference } from '@fairlead/contract/names'
import { isProblem, printable } from '@fairlead/contract/problems'
import type { NodePolicy } from '@fairlead/credential-path/policy/node-policy'
import { endpointOf } from '@fairlead/credential-path/registry/endpoint'
import type { OnConnection } from '@fairlead/credential-path/registry/http/guarded-connect'
import type { LoginPlan } from '@fairlead/credential-path/registry/auth/plan-login'
import type { AdmitHooks } from '@fairlead/credential-path/registry/registry-client'
import { failedStep } from './failed-step.ts'
import type { StepList } from './step-list.ts'

export interface RegistryWatch {
  /** Before the registry is asked for this image. */
  begin(image: ImageReference): void
  /** Whether it said how to log in, at a place that may be contacted. */
  isAnswered(): boolean
  /** Records a failure after the steps that it proves. */
  naming<Result>(work: Promise<Result>): Promise<Result>
  readonly onConnection: OnConnection
  readonly onStep: AdmitHooks['onStep']
  readonly onPlan: (plan: LoginPlan | null) => void
  readonly onPermitted: (digest: string) => void
}

export function registryWatch(steps: StepList, policy: NodePolicy): RegistryWatch {
  let isPlain = false
  let isAnswered = false
  let isOpen = false

  const reached = (): void => {
    if (steps.running !== 'reach') return
    if (isPlain) steps.skip('tls')
    steps.begin(isPlain ? 'challenge' : 'tls')
  }
  const ready = (): void => {
    reached()
    if (steps.running === 'tls') steps.begin('challenge')
  }

  return {
    begin(image) {
      isPlain = speaksPlainHttp(image, policy)
    },
    isAnswered: () => isAnswered,
    async naming(work) {
      try {
        return await work
      } catch (error) {
        const home = isProblem(error) ? failedStep(error.code, 'reach') : 'reach'
        // Through a proxy there are no connection events, so an answer proves the connection.
        if (home === 'challenge' || home === 'realm') ready()
        throw error
      }
    },
    onConnection: (event) => (event === 'reached' ? reached() : ready()),
    onStep(step) {
      if (step === 'login' && isOpen) steps.skip('token')
      else if (step === 'login') steps.begin('token')
      else if (step === 'resolve') steps.begin('manifest')
    },
    onPlan(plan) {
      ready()
      isAnswered = true
      isOpen = plan === null
      steps.done({ login: plan?.kind ?? 'none' })
      if (plan?.kind === 'bearer') steps.add('realm', { realm: printable(plan.realm) })
      else steps.skip('realm')
    },
    onPermitted(digest) {
      steps.done({ digest })
      steps.begin('platform')
    },
  }
}

function speaksPlainHttp(image: ImageReference, policy: NodePolicy): boolean {
  try {
    return endpointOf(registryOf(image), policy).scheme === 'http'
  } catch (error) {
    // The step `reach` reports it.
    if (isProblem(error)) return false
    throw error
  }
}
