/**
 * The id of an event in the stream: its number and time, `1042-1795730000123`; earlier versions sent only the number. Whoever does not hear every
 * event gets it sealed, since the numbers would tell how many others there are, and when.
 */
import { createCipheriv, createDecipheriv, hkdfSync } from 'node:crypto'
import { problem } from '@fairlead/contract/problems'
import type { EventMark } from '../store/records.ts'

/** `lost`: that of no event that this reader was sent. */
export type GivenPlace = EventMark | 'lost'

export interface EventIds {
  readonly write: (mark: EventMark) => string
  /** Throws REQUEST_INVALID. */
  readonly read: (text: string) => GivenPlace
}

export const plainEventIds = {
  write: ({ sequence, at }) => (at === null ? `${sequence}` : `${sequence}-${Date.parse(at)}`),
  read(text): EventMark {
    const [, sequence, at] = /^(\d{1,15})(?:-(\d{1,15}))?$/.exec(text) ?? []
    if (sequence === undefined) {
      throw problem('REQUEST_INVALID', {}, [{ path: 'Last-Event-ID', detail: 'not the id of an event of this stream' }])
    }
    return { sequence: Number(sequence), at: at === undefined ? null : new Date(Number(at)).toISOString() }
  },
} satisfies EventIds

/** One block: number and time in 6 bytes each, and 4 that are zero, so that no invented id opens. */
const [numberBytes, blockBytes] = [6, 16]
const timeAt = numberBytes
const zerosAt = timeAt + numberBytes

/** `secret`: shared by all replicas. */
export function sealedEventIds(secret: Uint8Array): EventIds {
  const key = Buffer.from(hkdfSync('sha256', secret, '', 'ids of events', 16))
  return {
    write({ sequence, at }) {
      const block = Buffer.alloc(blockBytes)
      block.writeUIntBE(sequence, 0, numberBytes)
      block.writeUIntBE(at === null ? 0 : Date.parse(at), timeAt, numberBytes)
      return createCipheriv('aes-128-ecb', key, null).setAutoPadding(false).update(block, undefined, 'hex')
    },
    read(text) {
      if (!/^[0-9a-f]{32}$/.test(text)) {
        const { sequence } = plainEventIds.read(text)
        return sequence === 0 ? { sequence, at: null } : 'lost'
      }
      const block = createDecipheriv('aes-128-ecb', key, null).setAutoPadding(false).update(text, 'hex')
      if (block.readUInt32BE(zerosAt) !== 0) return 'lost'
      const at = block.readUIntBE(timeAt, numberBytes)
      return { sequence: block.readUIntBE(0, numberBytes), at: at === 0 ? null : new Date(at).toISOString() }
    },
  }
}
