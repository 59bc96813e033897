/** Answers Docker's `list`: the registries that the maps name. User names stay in the secret manager: showing one would mean reading its secret. */
import { isProblem } from '@fairlead/contract/problems'
import type { DoorAnswer } from '../door.ts'
import { forEverybody } from '../login-map.ts'
import { readLoginMaps } from '../read-login-maps.ts'

export async function listRegistries(maps: readonly string[]): Promise<DoorAnswer> {
  try {
    const whole = forEverybody((await readLoginMaps(maps)).flat()).filter(({ path }) => path.length === 0)
    const names = whole.map(({ registryKey }) => (registryKey === 'docker.io' ? dockerHub : registryKey))
    return { stdout: `${JSON.stringify(Object.fromEntries(names.map((name) => [name, ''])))}\n`, stderr: '', status: 0 }
  } catch (error) {
    if (!isProblem(error)) throw error
    return { stdout: `${error.what} (${error.code})\n`, stderr: `fix:   ${error.fix}\n`, status: 1 }
  }
}

/** In the form that Docker passes to a helper. */
const dockerHub = 'https://index.docker.io/v1/'
