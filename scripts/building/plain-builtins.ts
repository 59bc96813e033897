/**
 * Takes Node's own modules as objects instead of importing them. An import reads every export, also those that Node loads when asked for:
 * `import 'node:http'` loads Node's own `fetch` and `WebSocket`, which took 37 ms of a start and stayed in memory, for one server.
 */
import { isBuiltin } from 'node:module'
import type { PluginContext, RolldownPlugin } from 'rolldown'

export const plainBuiltins: RolldownPlugin = {
  name: 'plain-builtins',
  renderChunk(code) {
    // From the end, so that what was found before keeps its place.
    return this.parse(code).body.reduceRight(
      (text, part) =>
        part.type === 'ImportDeclaration' && isBuiltin(part.source.value)
          ? text.slice(0, part.start) + asObject(part) + text.slice(part.end)
          : text,
      code,
    )
  },
}

type Statement = ReturnType<PluginContext['parse']>['body'][number]
type Import = Extract<Statement, { type: 'ImportDeclaration' }>

function asObject({ source, specifiers }: Import): string {
  const module = `process.getBuiltinModule(${JSON.stringify(source.value)})`
  return specifiers
    .map((one) => {
      if (one.type !== 'ImportSpecifier') return `const ${one.local.name} = ${module};`
      const name = one.imported.type === 'Literal' ? one.imported.value : one.imported.name
      return `const { ${name === one.local.name ? name : `${name}: ${one.local.name}`} } = ${module};`
    })
    .join('\n')
}
