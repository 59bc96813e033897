/** A whole of many parts: they end with it in reverse order, and at once if one of them does not start. */

export async function startWhole<Whole extends object>(
  start: (parts: AsyncDisposableStack) => Promise<Whole>,
): Promise<Whole & AsyncDisposable> {
  const parts = new AsyncDisposableStack()
  try {
    return { ...(await start(parts)), [Symbol.asyncDispose]: () => parts.disposeAsync() }
  } catch (error) {
    await parts.disposeAsync()
    throw error
  }
}
