/**
 * An older Node would end in a trace of its own, since it reads neither TypeScript nor what the code is written in. Plain JavaScript that
 * imports nothing, so that every Node can run it.
 */

const oldest = 24

/** Ends the process where Node is too old, before anything else is read. */
export function refuseOldNode(version = process.versions.node) {
  if (Number.parseInt(version, 10) >= oldest) return
  process.stderr.write(
    `error: this is Node ${version}, and Fairlead needs ${oldest} or newer (NODE_TOO_OLD)\n` +
      'fix:   In a clone start it with `npx fairlead`, which takes the Node that `npm ci` brought; or install a newer one.\n' +
      'who:   you\n',
  )
  process.exit(1)
}
