/** Something that changes what is stored. What it may have changed is asked for anew at once, also while the stream is cut. */
import { useMutation, useQueryClient, type UseMutationResult } from '@tanstack/react-query'

/** The first words of the keys, as `keys-of.ts` names them. */
type Kind = 'nodes' | 'clouds' | 'clusters' | 'cluster-environments' | 'builds' | 'tokens' | 'audit'

export function useAct<Answer, Input = void>(
  act: (input: Input) => Promise<Answer>,
  touched: readonly Kind[],
): UseMutationResult<Answer, Error, Input> {
  const queries = useQueryClient()
  return useMutation({
    mutationFn: (input: Input) => act(input),
    // An answer may hold a token: it is not remembered once nobody shows it.
    gcTime: 0,
    onSuccess: () => {
      for (const kind of [...touched, 'audit']) void queries.invalidateQueries({ queryKey: [kind] })
    },
  })
}
