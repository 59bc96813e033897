/**
 * The process that tries to reach the metadata service as a workload would. It is a separate program: everything it needs is inside one function,
 * whose text is run on its own.
 */

/** Arguments: a cgroup to join, then addresses. Writes one word per address: `through`, or why it was not reached. */
export async function probeFromCgroup(cgroup: string, addresses: readonly string[]): Promise<void> {
  const { writeFileSync } = process.getBuiltinModule('node:fs')
  const { connect } = process.getBuiltinModule('node:net')
  // This process itself. A socket belongs to the cgroup its process was in when it was created.
  writeFileSync(`${cgroup}/cgroup.procs`, '0')
  const attempts = addresses.map(
    (host) =>
      new Promise<string>((resolve) => {
        const socket = connect({ host, port: 80, timeout: 3000 })
        const end = (word: string) => {
          resolve(word)
          socket.destroy()
        }
        socket.once('connect', () => end('through'))
        socket.once('timeout', () => end('ETIMEDOUT'))
        socket.on('error', (error: { code?: string }) => end(error.code ?? 'unknown'))
      }),
  )
  process.stdout.write((await Promise.all(attempts)).join(' '))
}
