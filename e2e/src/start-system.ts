/** Starts a system of many parts; what was started before one of them failed is ended. */

export async function startSystem<System>(start: (parts: AsyncDisposableStack) => Promise<System>): Promise<System> {
  const parts = new AsyncDisposableStack()
  try {
    return await start(parts)
  } catch (error) {
    await parts.disposeAsync()
    throw error
  }
}
