/** What a newer Docker buys, for an engine that cannot use a door. Pure. */
import type { Problem } from '@fairlead/contract/problems'

export interface EngineAdvice {
  readonly what: string
  readonly fix: string
}

/** Measured with an image of 1 GB, near and far: docs/results/open-door.md. */
const faster =
  'a pull that takes 1.0 on Docker 20.10 takes 0.8 through a door on Docker 29 with igzip, and 0.5 with the parallel unpacking of containerd'

/** For each engine of which a newer version is what is missing. */
export function engineWarnings(
  unfit: readonly Problem[],
): readonly (EngineAdvice & { readonly code: 'ENGINE_OUTDATED' })[] {
  const advice = unfit.map(engineAdvice).filter((one) => one !== null)
  return advice.map((one) => ({ code: 'ENGINE_OUTDATED', ...one }))
}

/** Null if a newer engine is not what is missing. */
export function engineAdvice(unfit: Problem): EngineAdvice | null {
  if (unfit.code === 'DOOR_ENGINE_TOO_OLD') {
    return {
      what: `Docker ${unfit.facts.version ?? 'here'} is older than ${unfit.facts.expected_version ?? '29'}: it can use no door (\`fairlead door\`), and ${faster}`,
      fix: 'Update Docker to 29 or newer with the containerd image store, and install igzip (the package isal on Debian and Ubuntu).',
    }
  }
  if (unfit.code === 'DOOR_ENGINE_STORE') {
    return {
      what: `Docker keeps its images in the graphdriver store: it can use no door (\`fairlead door\`), and ${faster}`,
      fix: 'Set {"features": {"containerd-snapshotter": true}} in /etc/docker/daemon.json and restart Docker; images are then pulled again.',
    }
  }
  return null
}
