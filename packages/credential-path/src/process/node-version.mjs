/**
 * Without this check, an older Node would end with a stack trace, since it cannot read TypeScript or the syntax used here. Plain JavaScript
 * that imports nothing, so that every Node can run it.
 */

/** The first version that lets a program choose its own authorities and proxy. */
const oldest = [24, 5]

/** Ends the process if Node is too old, before anything else is loaded. */
export function refuseOldNode(version = process.versions.node) {
  const [major = 0, minor = 0] = version.split('.').map(Number)
  const [leastMajor = 0, leastMinor = 0] = oldest
  if (major > leastMajor || (major === leastMajor && minor >= leastMinor)) return
  process.stderr.write(
    `error: this is Node ${version}, and Fairlead needs ${oldest.join('.')} or newer (NODE_TOO_OLD)\n` +
      'fix:   In a clone start it with `npx --no-install fairlead`, which takes the Node that `npm ci` brought; or install a newer one.\n' +
      'who:   you\n',
  )
  process.exit(1)
}
