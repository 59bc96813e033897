/**
 * An older Node would end in a trace of its own, since it reads neither TypeScript nor what the code is written in. Plain JavaScript that
 * imports nothing, so that every Node can run it.
 */

/** The first that lets a program choose its own authorities, and its proxy. */
const oldest = [24, 5]

/** Ends the process where Node is too old, before anything else is read. */
export function refuseOldNode(version = process.versions.node) {
  const [major = 0, minor = 0] = version.split('.').map(Number)
  const [leastMajor = 0, leastMinor = 0] = oldest
  if (major > leastMajor || (major === leastMajor && minor >= leastMinor)) return
  process.stderr.write(
    `error: this is Node ${version}, and Fairlead needs ${oldest.join('.')} or newer (NODE_TOO_OLD)\n` +
      'fix:   In a clone start it with `npx fairlead`, which takes the Node that `npm ci` brought; or install a newer one.\n' +
      'who:   you\n',
  )
  process.exit(1)
}
