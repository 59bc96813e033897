/** Where the documentation says more about each step to the first cluster. */
import type { FirstStep } from '@fairlead/contract/wire'

export const docsOfStep: Readonly<Record<FirstStep, string>> = {
  cloud: 'guides/on-premises',
  machine: 'nodes',
  secret: 'registries',
  environment: 'tutorial',
  cluster: 'tutorial',
}
