import { expect, test } from 'vitest'
import { commentOf, fieldsOf, methodsOf } from './doc-comments.ts'

const source = `
/** A thing. */
export const Thing = z.strictObject({
  /** Its name. */
  name: z.string(),
  plain: z.int(),
  /**
   * What is inside:
   * parts.
   */
  parts: z
    .strictObject({
      /** Of a part. */
      size: z.int(),
    })
    .prefault({}),
  last: z.int(),
})

export class Things {
  readonly #all: string[] = []

  constructor(all: string[]) {}

  /** One of them. */
  async get(id: string, options?: Options): Promise<Thing> {
    return this.#find(id)
  }

  list(
    query: Query = {},
    options?: Options,
  ): Pages<Thing> {
    return pages()
  }

  #find(id: string): Thing {
    return id
  }
}
`

test('the comment above a declaration', () => {
  expect(commentOf(source, 'Thing')).toBe('A thing.')
  expect(commentOf(source, 'Things')).toBeNull()
})

test('the fields of an object, with those of its objects', () => {
  expect(fieldsOf(source, 'Thing')).toEqual([
    { name: 'name', comment: 'Its name.' },
    { name: 'plain', comment: null },
    { name: 'parts', comment: 'What is inside: parts.' },
    { name: 'parts.size', comment: 'Of a part.' },
    { name: 'last', comment: null },
  ])
})

test('the public methods of a class', () => {
  expect(methodsOf(source, 'Things')).toEqual([
    { name: 'get', comment: 'One of them.', signature: 'get(id: string, options?: Options): Promise<Thing>' },
    { name: 'list', comment: null, signature: 'list(query: Query = {}, options?: Options): Pages<Thing>' },
  ])
})
