/** Which ports a process uses: packets are captured by port, so a socket on another one would go unseen. */
import { readdir, readFile, readlink } from 'node:fs/promises'

const tables = ['tcp', 'tcp6', 'udp', 'udp6']

/** The local ports of a process's open internet sockets. */
export async function localPorts(pid: number): Promise<Set<number>> {
  const own = new Set<string>()
  for (const descriptor of await readdir(`/proc/${pid}/fd`)) {
    const inode = /^socket:\[(\d+)\]$/.exec(await linkOf(`/proc/${pid}/fd/${descriptor}`))?.[1]
    if (inode !== undefined) own.add(inode)
  }
  const ports = new Set<number>()
  for (const table of tables) {
    const [, ...lines] = (await readFile(`/proc/${pid}/net/${table}`, 'utf8')).trimEnd().split('\n')
    for (const line of lines) {
      const [, local = '', , , , , , , , inode = ''] = line.trim().split(/\s+/)
      if (own.has(inode)) ports.add(Number.parseInt(local.split(':')[1] ?? '', 16))
    }
  }
  return ports
}

/** Empty for a descriptor that was closed meanwhile. */
async function linkOf(path: string): Promise<string> {
  try {
    return await readlink(path)
  } catch {
    return ''
  }
}
