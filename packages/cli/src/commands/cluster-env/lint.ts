/** `fairlead cluster-env lint`: checks a file offline, with the same function as the server. */
import { readConfigYaml } from '@fairlead/config-file'
import { type Provider } from '@fairlead/contract/names'
import { printable } from '@fairlead/contract/problems'
import { checkEnvironmentConfig } from '@fairlead/contract/wire'
import { largestConfig, readInput } from '../../config-file/read-input.ts'
import type { CliContext } from '../../context.ts'
import type { JsonFlag } from '../../flags.ts'
import { printJson } from '../../print.ts'
import { printWarnings } from './print-warnings.ts'

export interface LintFlags extends JsonFlag {
  readonly provider?: Provider
}

export default async function lint(this: CliContext, flags: LintFlags, file: string): Promise<void> {
  const fields = readConfigYaml(file, await readInput(this, file, largestConfig))
  const cloud = flags.provider === undefined ? null : { provider: flags.provider, context: {} }
  const { config, warnings } = checkEnvironmentConfig(fields, cloud)
  if (flags.json) return printJson(this, { config, warnings })
  printWarnings(this, warnings)
  const count = warnings.length === 1 ? '1 warning' : `${warnings.length} warnings`
  this.stdout.write(`${printable(file)} is valid${warnings.length === 0 ? '' : `, with ${count}`}\n`)
}
