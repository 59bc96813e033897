/** The Ray image, made in a process of its own by the Node that npm brought, so that it fills the wait for other things. */
import { join } from 'node:path'
import { node26, root } from './machine.mjs'
import { runProgram } from './run-program.mjs'

/** @param {(fraction: number) => void} tell */
export async function makeRayImage(tell) {
  await runProgram(node26, [join(root, 'scripts', 'ray-image.ts'), '--fractions'], {
    onLine: (line) => {
      const fraction = Number(line)
      if (Number.isFinite(fraction)) tell(fraction)
    },
  })
}
