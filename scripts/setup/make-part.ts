/**
 * `node scripts/setup/make-part.ts PART`: makes a part that needs the Node that npm installed, or finds it in the cache. Prints fractions of
 * its work, then where it is.
 */
import { ensureActionlint, ensureGoPrograms, ensureKubernetesPrograms } from '../../packages/testkit/src/go-programs.ts'
import { ensureRayImage } from '../../packages/testkit/src/images/ray-image.ts'
import { motoPython, schemathesisPython } from '../../packages/testkit/src/python-environment.ts'
import { rayVersion } from '../../packages/testkit/src/worlds/ray-images.ts'
import { nodeBinary } from '../building/node-binary.ts'
import type { PartName } from './parts.mjs'

const tell = (fraction: number): void => console.log(fraction.toFixed(3))

const makers: Partial<Record<PartName, () => Promise<string>>> = {
  moto: motoPython,
  schemathesis: schemathesisPython,
  nodeArm64: () => nodeBinary('arm64'),
  rayImage: () => ensureRayImage({ rayVersion, onProgress: tell }),
  engines: () => ensureGoPrograms(tell),
  kubernetes: () => ensureKubernetesPrograms(tell),
  release: ensureActionlint,
}

console.log(await makers[process.argv[2] as PartName]?.())
