/** Loads `src/first-script.ts` beside the console instead of as a part of it, so that it runs while the console is still on its way. */
import { fileURLToPath } from 'node:url'
import type { Plugin } from 'vite'

const source = 'src/first-script.ts'
const file = fileURLToPath(new URL(source, import.meta.url))

export function firstScript(): Plugin {
  return {
    name: 'first-script',
    buildStart() {
      if (this.environment.mode === 'build') this.emitFile({ type: 'chunk', id: file })
    },
    transformIndexHtml(_, { bundle }) {
      const built = Object.values(bundle ?? {}).find((chunk) => chunk.type === 'chunk' && chunk.facadeModuleId === file)
      const src = `/${built?.fileName ?? source}`
      // `async`: it does not wait for the style sheet either.
      return [
        { tag: 'script', attrs: { type: 'module', async: true, crossorigin: true, src }, injectTo: 'head-prepend' },
      ]
    },
  }
}
