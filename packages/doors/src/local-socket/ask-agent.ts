/** Asks this machine's agent over its socket, so that its secret cache is used here too. Loads next to nothing. */
import { lstatSync } from 'node:fs'
import { connect } from 'node:net'
import { bytesUpTo } from '@fairlead/credential-path/process/bytes-up-to'
import { parseJsonObject } from '@fairlead/credential-path/process/parse-json'
import type { DoorAnswer, DoorQuestion } from '../door.ts'

const answerLimit = 512 * 1024
/** Longer than the agent's own limit. */
const patienceMs = 60_000

/**
 * Null if no agent answers, so that the caller does the work itself. The socket must belong to root or this user: an answer is passed on as a login.
 */
export async function askAgent(socketPath: string, question: DoorQuestion, uid: number): Promise<DoorAnswer | null> {
  if (!isTrusted(socketPath, uid)) return null
  const answer = await exchange(socketPath, `${JSON.stringify(question)}\n`)
  return answer === null ? null : readAnswer(answer)
}

function isTrusted(path: string, uid: number): boolean {
  try {
    const found = lstatSync(path)
    return found.isSocket() && (found.uid === 0 || found.uid === uid)
  } catch {
    // There is none, or it is in the folder of root's agent, which only root may look into.
    return false
  }
}

async function exchange(path: string, text: string): Promise<string | null> {
  const socket = connect(path)
  socket.setTimeout(patienceMs, () => socket.destroy(new Error('the agent does not answer')))
  socket.write(text)
  try {
    return (await bytesUpTo(answerLimit, socket, () => new Error('the answer is too long'))).toString('utf8')
  } catch {
    // Whatever is wrong with the agent, the work can be done without it.
    return null
  }
}

/** Also null for the agent's `null`: it cannot answer this question. */
function readAnswer(text: string): DoorAnswer | null {
  const { stdout, stderr, status }: Partial<Record<keyof DoorAnswer, unknown>> = parseJsonObject(text) ?? {}
  if (typeof stdout !== 'string' || typeof stderr !== 'string' || typeof status !== 'number') return null
  return { stdout, stderr, status }
}
