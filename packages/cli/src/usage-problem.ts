/** A usage error as a problem, whose fix names that command's help. */
import { Problem } from '@fairlead/contract/problems'
import type { UsageError } from './usage-error.ts'

export class UsageProblem extends Problem {
  readonly #command: string

  constructor(error: UsageError) {
    super('USAGE', { reason: error.message }, [])
    this.#command = error.command
  }

  override get fix(): string {
    return `See \`${this.#command} --help\`.`
  }
}
