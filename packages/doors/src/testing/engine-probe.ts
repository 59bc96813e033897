/** Looks for engines on the machine where it is started, or lets one of them pull an image that must not exist; prints JSON. */
import { argv, stdout } from 'node:process'
import { engineDoors, findEngines } from '../engines/engine-doors.ts'
import { thisMachine, type FoundEngine } from '../engines/engine-door.ts'

const [task, text = ''] = argv.slice(2)
const patience = AbortSignal.timeout(60_000)

if (task === 'find') {
  stdout.write(JSON.stringify(await findEngines(thisMachine, patience)))
} else {
  const { found, image } = JSON.parse(text) as { found: FoundEngine; image: string }
  stdout.write(JSON.stringify(await engineDoors[found.engine].probe(image, found, thisMachine, patience)))
}
