/** One line of a node's ledger. Lines of a kind unknown to this version are ignored. */
import { Digest, NodeId, Platform, PullId, Timestamp } from '@fairlead/contract/names'
import { PullRecord } from '@fairlead/contract/wire'
import { z } from 'zod'
import { parseJson } from '../process/parse-json.ts'

/** That the registry gave this image to the caller, that its bytes were verified, and what the engine made of it. */
const ImageProof = z.object({
  registry: z.string(),
  repository: z.string(),
  /** The pulled digest: that of the index if the image is one. */
  digest: Digest,
  platform: Platform,
  sizeBytes: z.int().nonnegative(),
  imageId: Digest,
  /** The secret that proved the right to pull, in canonical form, and its version; null: anonymous. */
  secret: z.string().nullable(),
  secretVersion: z.string().nullable(),
  at: Timestamp,
})
export type ImageProof = Readonly<z.infer<typeof ImageProof>>

/** A layer and what it unpacks to: the pair is what was verified (S16). */
const LayerPair = z.object({ layer: Digest, diffId: Digest })
export type LayerPair = Readonly<z.infer<typeof LayerPair>>

/** Where the chain of a node goes on that this machine is, or was; null: of pulls without a control plane. */
const ChainHead = z.object({ node_id: NodeId.nullable(), sequence: z.int().positive(), hash: z.string() })

/** A checkpoint begins a file: where the chains of the files before it end, and which of their records the control plane does not have. */
export const LedgerEntry = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('record'), record: PullRecord }),
  z.object({ kind: z.literal('image'), proof: ImageProof }),
  z.object({ kind: z.literal('layers'), registry: z.string(), repository: z.string(), pairs: z.array(LayerPair) }),
  z.object({ kind: z.literal('acknowledged'), ids: z.array(PullId) }),
  z.object({ kind: z.literal('checkpoint'), heads: z.array(ChainHead), waiting: z.array(PullRecord) }),
])
export type LedgerEntry = z.infer<typeof LedgerEntry>

/** Null for a line that is not an entry: it proves nothing. */
export function parseLedgerEntry(line: string): LedgerEntry | null {
  return LedgerEntry.safeParse(parseJson(line)).data ?? null
}
