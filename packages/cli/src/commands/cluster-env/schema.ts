/** `fairlead cluster-env schema`. */
import type { CliContext } from '../../context.ts'
import { printJson } from '../../print.ts'
import { fileSchema } from './file-schema.ts'

export default function schema(this: CliContext): void {
  printJson(this, fileSchema())
}
