/** The schemas of answers. To make one takes longer than many a request, so it is made while the request is on its way, and only what is needed. */
import type { Page, SchemaOf } from '@fairlead/contract/wire'

/** Loads the schema of what a call returns. */
export type Answer<Value> = () => Promise<SchemaOf<Value>>

const envelope = () => import('@fairlead/contract/wire/envelope')

/** What an answer has as its result. */
export const single =
  <Value>(load: Answer<Value>): Answer<Value> =>
  async () =>
    (await envelope()).single(await load()).transform(({ result }) => result)

export const page =
  <Value>(load: Answer<Value>): Answer<Page<Value>> =>
  async () =>
    (await envelope()).page(await load())
