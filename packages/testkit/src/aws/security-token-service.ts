/** STS as far as a node asks it: who am I. moto would name its own default user, so the front answers. */
import { randomUUID } from 'node:crypto'
import { succeed, type AwsAnswer } from './answer.ts'
import type { Instance } from './instance.ts'

export function answerIdentity({ arn, userId }: Instance, account: string): AwsAnswer {
  return succeed(
    `<GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><GetCallerIdentityResult>` +
      `<Arn>${arn}</Arn><UserId>${userId}</UserId><Account>${account}</Account></GetCallerIdentityResult>` +
      `<ResponseMetadata><RequestId>${randomUUID()}</RequestId></ResponseMetadata></GetCallerIdentityResponse>`,
    'text/xml',
  )
}
