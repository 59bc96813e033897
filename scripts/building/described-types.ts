/** Gives the types of a published package the sentences of the API document, so that editors show them. Pure. */

export interface DescribedModel {
  readonly description?: string
  readonly properties?: Readonly<Record<string, { readonly description?: string; readonly default?: unknown }>>
  readonly required?: readonly string[]
}

/**
 * Editors show no comment for a field of `z.infer`: its type is computed. Each model becomes an interface whose fields take their types from there.
 * `declarations`: the text of a `.d.ts` file; `models`: by the name of the type.
 */
export function describeTypes(declarations: string, models: Readonly<Record<string, DescribedModel>>): string {
  return declarations.replaceAll(
    /^export type (\w+) = (z\.(?:infer|input)<typeof \1>);$/gm,
    (alias: string, name: string, type: string) => {
      const model = models[name]
      if (model?.description === undefined) return alias
      const { description, properties, required = [] } = model
      if (properties === undefined) return `${comment(description)}\n${alias}`
      const fields = Object.entries(properties).map(([field, { description: sentence = '', ...rest }]) => {
        const isFilledIn = type.startsWith('z.infer') && 'default' in rest
        const mark = isFilledIn || required.includes(field) ? '' : '?'
        return `    ${comment(sentence)}\n    ${field}${mark}: ${type}['${field}'];\n`
      })
      return `${comment(description)}\nexport interface ${name} {\n${fields.join('')}}`
    },
  )
}

const comment = (sentence: string): string => `/** ${sentence.replaceAll('*/', '*\\/')} */`
