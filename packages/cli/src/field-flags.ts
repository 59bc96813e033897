/** A problem in the words of the command line: a user who typed `--account-id` never saw `account_id`. Pure. */
import type { ProblemDocument } from '@fairlead/contract/problems'

/** `flags`: the command's flags, as typed. A name that matches none of them stays as the API spells it. */
export function inFlags(document: ProblemDocument, flags: ReadonlySet<string>): ProblemDocument {
  const { fields } = document
  if (!fields) return document
  const flagOf = (field: string): string | null => {
    const flag = `--${field.replaceAll('_', '-')}`
    return flags.has(flag) ? flag : null
  }
  return {
    ...document,
    fields: fields.map(({ path, detail }) => ({
      path: flagOf(path) ?? path,
      detail: detail.replaceAll(/`([a-z_]{1,40}): ([^`]{1,80})`/g, (whole, field: string, value: string) => {
        const flag = flagOf(field)
        return flag === null ? whole : `\`${flag} ${value}\``
      }),
    })),
  }
}
