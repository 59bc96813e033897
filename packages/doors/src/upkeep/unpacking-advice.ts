/** What would let this machine's containerd unpack the layers of an image faster, for Docker 29 and for a kubelet. */
import { existsSync } from 'node:fs'
import type { FoundEngine } from '../engines/engine-door.ts'
import { readContainerdConfig } from '../engines/containerd/containerd-config.ts'
import { ownContainerd } from '../engines/containerd/containerd-door.ts'
import type { EngineAdvice } from './engine-advice.ts'

export interface Unpacking {
  /** Layers of one image that are unpacked at the same time. */
  readonly layersAtOnce: number
  readonly hasIgzip: boolean
}

export type UnpackingWarning = EngineAdvice & { readonly code: 'UNPACKING_SLOW' }

/** Where containerd of a distribution, or of Docker's packages, looks for decompressors. */
const programFolders = ['/usr/local/sbin', '/usr/local/bin', '/usr/sbin', '/usr/bin']
/** More gained nothing on two processors. */
const enoughAtOnce = 4

/** None where no engine here unpacks with the machine's own containerd: those of k3s and RKE2 have other files. */
export async function unpackingWarnings(
  engines: readonly FoundEngine[],
  root: string,
): Promise<readonly UnpackingWarning[]> {
  const isOwn = engines.some(({ engine, way }) => engine === 'docker' || way === ownContainerd.socket)
  if (!isOwn) return []
  const { layersAtOnce } = await readContainerdConfig(ownContainerd.config, root)
  const hasIgzip = programFolders.some((folder) => existsSync(`${root}${folder}/igzip`))
  const advice = adviseUnpacking({ layersAtOnce: layersAtOnce ?? 1, hasIgzip })
  return advice === null ? [] : [{ code: 'UNPACKING_SLOW', ...advice }]
}

const installIgzip = 'Install igzip (the package isal on Debian and Ubuntu)'
const unpackSeveral = `max_concurrent_unpacks = ${enoughAtOnce} in the table [plugins.'io.containerd.transfer.v1.local'] of ${ownContainerd.config} (containerd 2.2 or newer)`
const restart = 'restart containerd; containers keep running'

/** Null if there is nothing to gain. The numbers are those of docs/results/open-door.md. Pure. */
export function adviseUnpacking({ layersAtOnce, hasIgzip }: Unpacking): EngineAdvice | null {
  const isSerial = layersAtOnce < 2
  if (!isSerial && hasIgzip) return null
  if (!isSerial) {
    return {
      what: 'containerd unpacks images without igzip, which takes a third less of processor time',
      fix: `${installIgzip} and ${restart}.`,
    }
  }
  if (hasIgzip) {
    return {
      what: 'containerd unpacks one layer after another: with four at a time, a pull of 1 GB takes two thirds of the time',
      fix: `Set ${unpackSeveral} and ${restart}.`,
    }
  }
  return {
    what: 'containerd unpacks one layer after another, without igzip: with four at a time and igzip, a pull of 1 GB takes 0.6 of the time',
    fix: `${installIgzip}, set ${unpackSeveral} and ${restart}.`,
  }
}
