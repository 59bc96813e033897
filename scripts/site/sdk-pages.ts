/** The two SDKs: how to use them, then every method with the sentence that an editor shows. */
import { globSync } from 'node:fs'
import { inRepository } from '../building/programs.ts'
import { methodsOf } from '../reference/doc-comments.ts'
import { textOf } from '../rules/repository-texts.ts'
import { cell, table } from './schema-text.ts'

export function pythonPage(): string {
  const methods = pythonMethods(textOf('python/fairlead_sdk/src/fairlead_sdk/client.py'))
  const rows = methods.map(({ name, doc }) => [`\`${name}\``, cell(doc)])
  return `${pageOf('python/fairlead_sdk/README.md')}\n## Every method\n\nOf \`FairleadSDK\`, and with \`await\` of \`AsyncFairleadSDK\`. The models are the [types of the API](/reference/api-types.md).\n\n${table(['method', 'what it does'], rows)}\n`
}

export function typescriptPage(): string {
  const sources = globSync('packages/sdk/src/*.ts', { cwd: inRepository('.') }).filter(
    (path) => !/\.test\.ts$|scripted/.test(path),
  )
  const classes = sources.toSorted().flatMap((path) => {
    const source = textOf(path)
    return [...source.matchAll(/^export class (\w+(?:Calls|Client))\b/gm)].map(([, name = '']) => ({
      name,
      methods: methodsOf(source, name),
    }))
  })
  const sections = classes
    .toSorted((a, b) => Number(b.name.endsWith('Client')) - Number(a.name.endsWith('Client')))
    .map(({ name, methods }) => {
      const rows = methods.map((method) => [`\`${cellCode(method.signature)}\``, cell(method.comment ?? '')])
      return `### ${name}\n\n${table(['method', 'what it does'], rows)}`
    })
  return `${pageOf('packages/sdk/README.md')}\n## Every method\n\nThe types are the [types of the API](/reference/api-types.md).\n\n${sections.join('\n\n')}\n`
}

/** Their links lead out of the site. */
const pageOf = (path: string): string => textOf(path).replaceAll(/\[([^\]]+)\]\((?!https?:)[^)]+\)/g, '$1')

const cellCode = (code: string): string => code.replaceAll('|', String.raw`\|`)

export interface PythonMethod {
  readonly name: string
  readonly doc: string
}

/** The public methods of a class, each with its docstring on one line. */
export function pythonMethods(source: string): readonly PythonMethod[] {
  const method = /^ {4}(?:async )?def ([a-z]\w*)\(([\s\S]*?)\) -> ([^\n]+):\n(?:\s*"""([\s\S]*?)""")?/gm
  return [...source.matchAll(method)].map(([, name = '', , , doc = '']) => ({
    name,
    doc: doc.replaceAll(/\s+/g, ' ').trim(),
  }))
}
