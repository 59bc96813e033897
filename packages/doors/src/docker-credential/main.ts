/** `docker-credential-fairlead`: gives Docker the login of a registry that a map names. Stores nothing. */
import { openDoor } from '../open-door.ts'
import { placesOf } from '../places.ts'
import { readStdin, writeAnswer } from '../standard-streams.ts'
import type { DoorAnswer } from '../door.ts'
import { isAction, noServer, serverIn, storeFault, unknownAction, usage, type Action } from './helper-protocol.ts'

/** Sets the exit status of the process. */
export async function runHelper(args: readonly string[]): Promise<void> {
  const [action, ...rest] = args
  if (action === undefined || rest.length > 0) return writeAnswer(failed(usage))
  if (!isAction(action)) return writeAnswer(failed(unknownAction(action)))
  return writeAnswer(await act[action]())
}

const act: Record<Action, () => Promise<DoorAnswer>> = {
  get: async () => {
    const places = placesOf(process.env, process.getuid?.() ?? 0)
    const input = await readStdin()
    return input === null ? failed(tooLong) : openDoor({ door: 'docker', input, maps: places.maps }, places)
  },
  // A login that `docker login` wants to store is not kept: logins live in the secret manager.
  store: async () => {
    const input = await readStdin()
    const fault = input === null ? tooLong : storeFault(input)
    if (fault !== null) return failed(fault)
    const note = 'fairlead: nothing was stored; the login of this registry is the one in the secret manager\n'
    return { stdout: '', stderr: note, status: 0 }
  },
  erase: async () => {
    const input = await readStdin()
    return input === null || serverIn(input) === '' ? failed(noServer) : done('')
  },
  list: async () => {
    const { listRegistries } = await import('./list-registries.ts')
    return listRegistries(placesOf(process.env, process.getuid?.() ?? 0).maps)
  },
  version: async () => {
    const { version } = await import('@fairlead/contract/release')
    return done(`docker-credential-fairlead (@fairlead/agent) ${version}\n`)
  },
}

const tooLong = 'the input is longer than any registry is named'

function done(stdout: string): DoorAnswer {
  return { stdout, stderr: '', status: 0 }
}

function failed(text: string): DoorAnswer {
  return { stdout: `${text}\n`, stderr: '', status: 1 }
}
