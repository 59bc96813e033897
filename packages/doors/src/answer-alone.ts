/** Answers at a door without an agent: the whole path in this process, once. */
import { answerDoor } from './answer-door.ts'
import { appendDecision } from './decision-log.ts'
import type { DoorAnswer, DoorDecision, DoorQuestion } from './door.ts'
import type { GiveTicket } from './kubelet/give-ticket.ts'
import type { Places } from './places.ts'
import { readLoginMaps } from './read-login-maps.ts'

const withinMs = 50_000

export async function answerAlone(question: DoorQuestion, places: Places): Promise<DoorAnswer> {
  let notes = ''
  const record = (decision: DoorDecision) => {
    const duration_ms = Math.round(performance.now())
    try {
      appendDecision(places.decisionsFile, { ...decision, by: 'program', duration_ms })
    } catch {
      notes = `fairlead: the decision could not be written to ${places.decisionsFile}\n`
    }
  }
  await using opened = new AsyncDisposableStack()
  const openLogins = async () => {
    const { openLoginParts } = await import('./open-login-parts.ts')
    return opened.use(await openLoginParts(places))
  }
  const giveTicket: GiveTicket = async (...asked) => {
    const { ticketsOf } = await import('./kubelet/give-ticket.ts')
    return ticketsOf(places)(...asked)
  }
  const parts = { openLogins, readMaps: readLoginMaps, giveTicket, record }
  const answer = await answerDoor(question, parts, AbortSignal.timeout(withinMs))
  return { ...answer, stderr: answer.stderr + notes }
}
