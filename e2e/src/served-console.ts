/** `fairlead serve` in one of its forms, and the web console that it announces. */
import { join } from 'node:path'
import { inLog, newFolder, startService, untilReady } from '@fairlead/testkit'

export interface ServedConsole {
  /** Null if it announced none. */
  readonly url: string | null
  readonly page: string
  /** The statuses of all scripts and styles that the page references. */
  readonly parts: readonly number[]
}

/** `command` and `args` come before `serve`. */
export async function servedConsole(command: string, args: readonly string[] = []): Promise<ServedConsole> {
  const home = newFolder('serve')
  await using serve = startService({
    command,
    args: [...args, 'serve', '--listen', '127.0.0.1:0', '--data-dir', join(home, 'data')],
    logFile: join(home, 'log'),
    env: { HOME: home, NO_COLOR: '1' },
  })
  await untilReady(serve, 'serve is up', inLog(serve, /fairlead node join-token/), 30_000)
  const url = /^console: (\S+)$/m.exec(serve.log())?.[1] ?? null
  if (url === null) return { url, page: '', parts: [] }
  const page = await (await fetch(url)).text()
  const names = [...page.matchAll(/(?:src|href)="(\/assets\/[^"]+\.(?:js|css))"/g)].map(([, path = '']) => path)
  const parts = await Promise.all(names.map(async (path) => (await fetch(new URL(path, url))).status))
  return { url, page, parts }
}
