/** For tests in one process: while `work` runs, new and accepted sockets appear to belong to a user who is neither root nor this one. */
const nobody = 65_534

export async function asAnotherUser<Result>(work: (uid: number) => Promise<Result>): Promise<Result> {
  const { geteuid, seteuid } = process
  const real = geteuid?.() ?? 0
  // Only root can become another user; otherwise this process gets a false user id.
  process.geteuid = () => (real === 0 ? 0 : real + 1)
  if (real === 0) seteuid?.(nobody)
  try {
    return await work(real === 0 ? nobody : real)
  } finally {
    if (real === 0) seteuid?.(0)
    if (geteuid !== undefined) process.geteuid = geteuid
  }
}
