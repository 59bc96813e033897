/**
 * An action that changes stored data. What it may have changed is refetched at once, even while the stream is cut; also if it was rejected, since
 * another tab may have been faster.
 */
import { useMutation, useQueryClient, type UseMutationResult } from '@tanstack/react-query'

/** The first words of the keys, as named in `keys-of.ts`. */
export type Kind = 'nodes' | 'clouds' | 'clusters' | 'cluster-environments' | 'builds' | 'tokens' | 'audit'

export function useAct<Answer, Input = void>(
  act: (input: Input) => Promise<Answer>,
  touched: readonly Kind[],
): UseMutationResult<Answer, Error, Input> {
  const queries = useQueryClient()
  return useMutation({
    mutationFn: (input: Input) => act(input),
    // An answer may hold a token: it is dropped once no component shows it.
    gcTime: 0,
    onSettled: () => {
      for (const kind of [...touched, 'audit', 'overview']) void queries.invalidateQueries({ queryKey: [kind] })
    },
  })
}
