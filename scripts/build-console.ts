/** `npm run build:console`: builds the web console where this repository's `fairlead serve` finds it, unless that build is up to date. */
import { buildConsole, consoleInRepository, consoleIsFresh } from './building/console.ts'

if (!(await consoleIsFresh(consoleInRepository))) await buildConsole(consoleInRepository)
console.log(consoleInRepository)
