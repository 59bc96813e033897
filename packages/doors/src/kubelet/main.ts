/** `fairlead-kubelet-credential-provider [--map FILE]`: gives the kubelet the login of an image whose registry a map names. */
import { openDoor } from '../open-door.ts'
import { kubeletLoginMap, placesOf } from '../places.ts'
import { readStdin, writeAnswer } from '../standard-streams.ts'

/** Sets the exit status of the process. */
export async function runProvider(args: readonly string[]): Promise<void> {
  const maps = mapsIn(args)
  if (maps === null)
    return writeAnswer(refused('usage: fairlead-kubelet-credential-provider [--map FILE], FILE absolute'))
  const input = await readStdin()
  if (input === null) return writeAnswer(refused('the request is longer than any of a kubelet'))
  const places = placesOf(process.env, process.getuid?.() ?? 0)
  return writeAnswer(await openDoor({ door: 'kubelet', input, maps }, places))
}

/** Null if the arguments are not understood. */
export function mapsIn(args: readonly string[]): readonly string[] | null {
  if (args.length === 0) return [kubeletLoginMap]
  const [flag = '', ...rest] = args
  const [name, joined] = flag.split('=', 2)
  const file = joined ?? rest[0] ?? ''
  if (name !== '--map' || rest.length > (joined === undefined ? 1 : 0) || !file.startsWith('/')) return null
  return [file]
}

function refused(text: string) {
  return { stdout: '', stderr: `fairlead: ${text}\n`, status: 1 }
}
