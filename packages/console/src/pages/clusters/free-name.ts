/** A name for a cluster that no running one has: the environment's, else with a number. Pure. */

const longest = 128

export function freeName(wanted: string, taken: ReadonlySet<string>): string {
  if (!taken.has(wanted)) return wanted
  for (let number = 2; ; number++) {
    const end = `-${number}`
    const name = `${wanted.slice(0, longest - end.length)}${end}`
    if (!taken.has(name)) return name
  }
}
