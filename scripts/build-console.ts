/** `npm run build:console`: the web console where `fairlead serve` of this repository finds it, unless what is there is as new as its sources. */
import { buildConsole, consoleInRepository, consoleIsFresh } from './building/console.ts'

if (!(await consoleIsFresh(consoleInRepository))) await buildConsole(consoleInRepository)
console.log(consoleInRepository)
