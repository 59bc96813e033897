/** `fairlead-kubelet-credential-provider`: gives the kubelet the login of an image whose registry the machine's map names. */
import type { DoorAnswer } from '../door.ts'
import { openDoor } from '../open-door.ts'
import { kubeletLoginMap, placesOf } from '../places.ts'
import { readStdin, writeAnswer } from '../standard-streams.ts'

/** Sets the exit status of the process. */
export async function runProvider(args: readonly string[]): Promise<void> {
  const refusal = refusalOf(args)
  if (refusal !== null) return writeAnswer(refusal)
  const input = await readStdin()
  if (input === null) return writeAnswer(refused('the request is longer than any of a kubelet'))
  const places = placesOf(process.env, process.getuid?.() ?? 0)
  return writeAnswer(await openDoor({ door: 'kubelet', input, maps: [kubeletLoginMap] }, places))
}

/** Null if there are no arguments: none names another map, which the registry's door would not know, and so be open to every pod. */
export function refusalOf(args: readonly string[]): DoorAnswer | null {
  if (args.length === 0) return null
  return refused(`usage: fairlead-kubelet-credential-provider, without arguments; the map is ${kubeletLoginMap}`)
}

function refused(text: string): DoorAnswer {
  return { stdout: '', stderr: `fairlead: ${text}\n`, status: 1 }
}
