/** Reads a control plane answer: a document that matches its schema, or a problem. */
import { printable, problem, ProblemDocument, ServedProblem, type Problem } from '@fairlead/contract/problems'
import { version } from '@fairlead/contract/release'
import { single, versionHeader, versionMisfit } from '@fairlead/contract/wire'
import { z } from 'zod'
import type { ChannelAnswer } from './connection.ts'

/** The `result` of a 2xx answer; throws the problem in the answer, or that it is not understood. */
export function readResult<Schema extends z.ZodType>(
  answer: ChannelAnswer,
  schema: Schema,
  host: string,
): z.infer<Schema> {
  const json = readJson(answer, host)
  const envelope = single(z.unknown()).safeParse(json)
  const result = schema.safeParse(envelope.data?.result)
  if (!result.success) throw notUnderstood(answer, host)
  return result.data
}

/** The body of a 2xx answer as JSON. */
export function readJson(answer: ChannelAnswer, host: string): unknown {
  const json = parseJson(answer.body)
  if (answer.status >= 200 && answer.status < 300) {
    if (json === undefined) throw notUnderstood(answer, host)
    return json
  }
  const document = ProblemDocument.safeParse(json)
  if (document.success) throw toProblem(document.data)
  // A proxy in front may answer instead: 502, 503 and 504 describe the path, not the control plane.
  throw answer.status >= 500 || answer.status === 429
    ? problem('CONTROL_PLANE_UNREACHABLE', { host })
    : notUnderstood(answer, host)
}

/** AGENT_TOO_OLD or AGENT_TOO_NEW if the two are of different versions, otherwise CONTROL_PLANE_ANSWER_INVALID. */
export function notUnderstood(answer: ChannelAnswer, host: string): Problem {
  const misfit = versionMisfit({ agent: version, controlPlane: answer.header(versionHeader) })
  return misfit ?? problem('CONTROL_PLANE_ANSWER_INVALID', { host })
}

function parseJson(body: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body))
  } catch {
    return undefined
  }
}

/** Keeps the control plane's own sentences, escaped: the facts they were built from are not sent. */
function toProblem(document: ProblemDocument): Problem {
  return new ServedProblem({ ...document, detail: printable(document.detail), fix: printable(document.fix) })
}
