/** Global flags may come first, as in `fairlead --json cluster list`; moves them behind the command, where the library reads flags. */

const switches: ReadonlySet<string> = new Set(['--json', '--json=true'])
const withValue: ReadonlySet<string> = new Set(['--host', '--ca-file'])

/** `commandLength`: how many of the first words name a command; all of them if they name none. */
export function arrangeArgs(
  args: readonly string[],
  commandLength: (words: readonly string[]) => number,
): readonly string[] {
  const leading = countLeading(args)
  const rest = args.slice(leading)
  const command = commandLength(rest)
  return [...rest.slice(0, command), ...args.slice(0, leading), ...rest.slice(command)]
}

function countLeading(args: readonly string[]): number {
  let index = 0
  for (;;) {
    const arg = args[index] ?? ''
    const [name = ''] = arg.split('=', 1)
    if (switches.has(arg)) index += 1
    else if (withValue.has(name)) index += arg === name ? 2 : 1
    else return Math.min(index, args.length)
  }
}
