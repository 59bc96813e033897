/** How the AWS SDK's clients talk to AWS: through the owner's proxy and authorities, within seconds, and with a limit on every answer. */
import { Readable } from 'node:stream'
import { NodeHttpHandler } from '@smithy/node-http-handler'
import { bytesUpTo } from '../../process/bytes-up-to.ts'
import { CloudAgent } from '../cloud-agent.ts'
import { LoopbackAgent } from '../loopback-agent.ts'
import type { SecretManagerConnection } from '../secret-manager-connection.ts'

/** Seconds allow for a missing VPC endpoint: a route that leads nowhere must not delay a start for minutes. */
const patience = { connectionTimeout: 3000, requestTimeout: 10_000, throwOnRequestTimeout: true }
/** A secret has at most 64 KiB, and JSON may write each of its bytes as six. STS's answers are shorter. */
const answerLimit = 512 * 1024

/**
 * The same for every service: the credential chain reuses it for the services it asks itself, such as STS for a web identity.
 * `silenceMs`: after which an answer that has stopped midway is given up, so that the SDK asks again (R5).
 */
export function awsRequestHandler(connection: SecretManagerConnection, silenceMs = 10_000): NodeHttpHandler {
  return new ShortAnswers({
    ...patience,
    socketTimeout: silenceMs,
    httpAgent: new LoopbackAgent(),
    httpsAgent: new CloudAgent(connection),
  })
}

/** The SDK reads whatever comes, to its end (S9). */
class ShortAnswers extends NodeHttpHandler {
  override async handle(...asked: Parameters<NodeHttpHandler['handle']>): ReturnType<NodeHttpHandler['handle']> {
    const answered = await super.handle(...asked)
    // Read only as the SDK reads it: what fails then is the answer, with a status, and not the way to AWS.
    answered.response.body = Readable.from(shortened(answered.response.body as Readable))
    return answered
  }
}

async function* shortened(body: Readable): AsyncIterable<Uint8Array> {
  yield await bytesUpTo(answerLimit, body, () => new Error('the answer is too long'))
}
