/** Runs a program in this one's place, on the Node that npm installed; it ends with this process, for any reason. */
import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { node26 } from './machine.mjs'

/**
 * Does not return: exits as the program does.
 * @param {string} file a TypeScript file
 * @param {string[]} args
 * @param {Record<string, string>} env what to add to this process's environment
 */
export function runInForeground(file, args, env) {
  const child = spawn('setpriv', ['--pdeathsig', 'TERM', node26, file, ...args], {
    stdio: 'inherit',
    env: { ...process.env, ...env, PATH: [join(node26, '..'), process.env['PATH']].join(':') },
  })
  // A terminal sends Ctrl-C to the program as well; this process only waits for it to end.
  process.on('SIGINT', () => undefined)
  for (const signal of /** @type {const} */ (['SIGTERM', 'SIGHUP'])) process.on(signal, () => child.kill(signal))
  child.on('exit', (status) => process.exit(status ?? 1))
}
