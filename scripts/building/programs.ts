/** The installed programs, each with its entry file. */
import { fileURLToPath } from 'node:url'

export const inRepository = (path: string): string => fileURLToPath(new URL(`../../${path}`, import.meta.url))

/** The ones that Docker and the kubelet start. */
export const doors = {
  'docker-credential-fairlead': inRepository('packages/doors/src/docker-credential/bin.mjs'),
  'fairlead-kubelet-credential-provider': inRepository('packages/doors/src/kubelet/bin.mjs'),
}

export const programs = { fairlead: inRepository('packages/cli/src/bin.mjs'), ...doors }
