/** `npm run build:console`: builds the web console where this repository's `fairlead serve` finds it, unless that build is up to date. */
import { builtConsole } from './building/console.ts'

console.log(await builtConsole())
