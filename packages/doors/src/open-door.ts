/** Runs one door of this machine: asks the agent if one runs, otherwise does the work here. Heavy parts are loaded only in the latter case. */
import { isUnsafeProcess } from '@fairlead/credential-path/process/unsafe-process'
import type { DoorAnswer, DoorQuestion } from './door.ts'
import { askAgent } from './local-socket/ask-agent.ts'
import { agentSocket, type Places } from './places.ts'

export async function openDoor(question: DoorQuestion, places: Places): Promise<DoorAnswer> {
  const unsafe = isUnsafeProcess()
  if (unsafe !== null) {
    const stderr = `fairlead: the environment has ${unsafe}, which can show secrets (AGENT_ENVIRONMENT_UNSAFE)\n`
    return { stdout: question.door === 'docker' ? stderr : '', stderr, status: 1 }
  }
  const uid = process.getuid?.() ?? 0
  const answer = await askAgent(agentSocket(places.stateDir), question, uid)
  if (answer !== null) return answer
  const { answerAlone } = await import('./answer-alone.ts')
  return answerAlone(question, places)
}
