/** Several questions to a database at the same time. */

type Answers<Asked extends readonly unknown[]> = { -readonly [Index in keyof Asked]: Awaited<Asked[Index]> }

/**
 * Asks several things of one transaction at the same time. Waits for all of them even if one fails: what was asked after the end of its transaction
 * would be a transaction of its own. Throws what failed first in the order of the list.
 */
export async function atOnce<const Asked extends readonly unknown[]>(asked: Asked): Promise<Answers<Asked>> {
  await Promise.allSettled(asked)
  return Promise.all(asked)
}
