/** Finds, compiles and runs the parts of a program that share one file, each once. */
import { Script } from 'node:vm'

type Require = (name: string) => unknown
type Part = (exports: unknown, require: Require, module: { exports: unknown }) => void

/** The start and end of each part, added at build time. */
export const wrapped = (code: string): string => `(function (exports, require, module) {${code}\n})`

/** The name under which a part's compiled code is stored next to it. */
export const compiledName = (name: string): string => `${name}.compiled`

/** `bytesOf` returns null for a missing part; a part without compiled code, or with that of another V8, is compiled here. */
export function openParts(
  bytesOf: (name: string) => Uint8Array | null,
  onCompile: (name: string, script: Script) => void = () => {},
): Require {
  const loaded = new Map<string, { exports: unknown }>()
  const require: Require = (id) => {
    const builtin: unknown = process.getBuiltinModule(id)
    if (builtin !== undefined) return builtin
    const name = id.replace(/^\.\//, '')
    const before = loaded.get(name)
    if (before !== undefined) return before.exports
    const module = { exports: {} }
    // Before it runs: parts may require each other.
    loaded.set(name, module)
    compile(name)(module.exports, require, module)
    return module.exports
  }
  const compile = (name: string): Part => {
    const bytes = bytesOf(name)
    if (bytes === null) throw new Error(`this executable has no part ${name}`)
    const cachedData = bytesOf(compiledName(name))
    const script = new Script(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString(), {
      filename: `fairlead:${name}`,
      ...(cachedData !== null && { cachedData }),
    })
    onCompile(name, script)
    return script.runInThisContext() as Part
  }
  return require
}
