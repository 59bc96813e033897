/** Signs an object store's links, and checks whether one is as signed. */
import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto'
import type { Answer, ObjectStore } from './product.ts'

export interface SignedLinks {
  /** The full URL of a blob. */
  readonly to: (store: ObjectStore, digest: string) => string
  /** Why a request is refused; null if the link is valid and carries everything needed. */
  readonly refusal: (store: ObjectStore, pathAndQuery: string, authorization: string | undefined) => Answer | null
}

export function signedLinks(): SignedLinks {
  const key = randomBytes(32)
  const signature = ({ host }: ObjectStore, link: string): string =>
    createHmac('sha256', key).update(`${host}${link}`).digest('hex')
  return {
    to(store, digest) {
      const link = store.linkTo(digest)
      return `https://${store.host}${link}&${store.signature}=${signature(store, link)}`
    },
    refusal(store, pathAndQuery, authorization) {
      // As Amazon S3 answers a request that also sends the login.
      if (authorization !== undefined) return xml(400, 'InvalidArgument', 'Only one auth mechanism allowed')
      const [link = '', given = ''] = pathAndQuery.split(`&${store.signature}=`)
      const right = signature(store, link)
      const isRight = given.length === right.length && timingSafeEqual(Buffer.from(given), Buffer.from(right))
      return isRight ? null : xml(403, 'SignatureDoesNotMatch', 'The request signature does not match')
    },
  }
}

const xml = (status: number, code: string, message: string): Answer => ({
  status,
  headers: { 'content-type': 'application/xml' },
  body: `<?xml version="1.0" encoding="UTF-8"?><Error><Code>${code}</Code><Message>${message}</Message></Error>`,
})
