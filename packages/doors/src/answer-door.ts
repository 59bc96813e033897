/** Answers one question at a door, whatever the result, and has the decision recorded. The same for the agent and for a cold start. */
import { formatImageReference } from '@fairlead/contract/names'
import { printable, problemOf, type Problem } from '@fairlead/contract/problems'
import { answerGet } from './docker-credential/answer-get.ts'
import { hostIn, serverIn } from './docker-credential/helper-protocol.ts'
import type { AnsweredDoor, AnswerParts, DoorAnswer, DoorDecision, DoorQuestion } from './door.ts'
import { answerRequest } from './kubelet/answer-request.ts'
import { parseProviderRequest } from './kubelet/provider-request.ts'
import { formatServiceAccount } from './pods/service-account.ts'
import type { LoginMap } from './login-map.ts'

export interface DoorParts extends Omit<AnswerParts, 'maps'> {
  readonly readMaps: (paths: readonly string[]) => Promise<readonly LoginMap[]>
  readonly record: (decision: DoorDecision) => void
}

/** Never throws: a failure becomes the answer. */
export async function answerDoor(
  question: DoorQuestion,
  { openLogins, readMaps, giveTicket, record }: DoorParts,
  signal: AbortSignal,
): Promise<DoorAnswer> {
  let asked: Asked = { asked: null, service_account: null }
  try {
    const [described, answer] = doors[question.door].read(question.input)
    asked = described
    const answered = await answer({ maps: await readMaps(question.maps), openLogins, giveTicket }, signal)
    record({ door: question.door, ...asked, ...answered.decision, code: null, realm: null })
    return answered.answer
  } catch (error) {
    const found = problemOf(error)
    const realm = found.code === 'TOKEN_REALM_NOT_TRUSTED' ? String(found.facts.host ?? '') : null
    const nothing = { decision: 'refused', secret: null, version: null } as const
    record({ door: question.door, ...asked, ...nothing, code: found.code, realm })
    return refusal(question, found)
  }
}

type Answerer = (parts: AnswerParts, signal: AbortSignal) => Promise<AnsweredDoor>

type Asked = Pick<DoorDecision, 'asked' | 'service_account'>

interface Door {
  /** The request in words for the log, and how it will be answered. */
  readonly read: (input: string) => readonly [asked: Asked, answer: Answerer]
  /** What a failure prints on standard output. Docker and the kubelet both show a helper's standard error. */
  readonly failed: (found: Problem) => string
}

const doors: Readonly<Record<DoorQuestion['door'], Door>> = {
  docker: {
    read: (input) => [
      { asked: printable(hostIn(serverIn(input))), service_account: null },
      (...rest) => answerGet(input, ...rest),
    ],
    // Docker takes the error's text from here.
    failed: (found) => `${found.what} (${found.code})\n`,
  },
  kubelet: {
    read(input) {
      const request = parseProviderRequest(input)
      const { image, account } = request
      return [
        { asked: formatImageReference(image), service_account: account && formatServiceAccount(account) },
        (...rest) => answerRequest(request, ...rest),
      ]
    },
    // A kubelet reads nothing here after a failure.
    failed: () => '',
  },
}

function refusal({ door }: DoorQuestion, found: Problem): DoorAnswer {
  const realm = found.code === 'TOKEN_REALM_NOT_TRUSTED' ? `realm: ${found.facts.host ?? 'unknown'}\n` : ''
  return {
    stdout: doors[door].failed(found),
    stderr: `fairlead: ${found.what} (${found.code})\n${realm}fix:   ${found.fix}\n`,
    status: 1,
  }
}
