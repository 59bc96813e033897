/** For tests without another process: while `work` runs, the sockets that are made or accepted belong to a user who is neither root nor, as it seems, this one. */
const nobody = 65_534

export async function asAnotherUser<Result>(work: (uid: number) => Promise<Result>): Promise<Result> {
  const { geteuid, seteuid } = process
  const real = geteuid?.() ?? 0
  // Who is not root cannot become anybody else, so that this process is told that it is.
  process.geteuid = () => (real === 0 ? 0 : real + 1)
  if (real === 0) seteuid?.(nobody)
  try {
    return await work(real === 0 ? nobody : real)
  } finally {
    if (real === 0) seteuid?.(0)
    if (geteuid !== undefined) process.geteuid = geteuid
  }
}
