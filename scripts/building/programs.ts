/** The programs that are installed, each with the file that it begins with. */
import { fileURLToPath } from 'node:url'

export const inRepository = (path: string): string => fileURLToPath(new URL(`../../${path}`, import.meta.url))

/** Those that Docker and the kubelet start. */
export const doors = {
  'docker-credential-fairlead': inRepository('packages/doors/src/docker-credential/bin.mjs'),
  'fairlead-kubelet-credential-provider': inRepository('packages/doors/src/kubelet/bin.mjs'),
}

export const programs = { fairlead: inRepository('packages/cli/src/bin.mjs'), ...doors }
