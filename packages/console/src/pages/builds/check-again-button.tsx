/** Has a node check a build again, after a secret or a registry was fixed. */
import type { Build } from '@fairlead/contract/wire'
import { Button } from '@mantine/core'
import { IconRefresh } from '@tabler/icons-react'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useSession } from '../../session/session.tsx'

export function CheckAgainButton({ build, onError }: { build: Build; onError: (error: Error | null) => void }) {
  const { client } = useSession()
  const queries = useQueryClient()
  const verify = useMutation({
    mutationFn: () => client.builds.verify(build.id),
    onMutate: () => onError(null),
    onError,
    onSuccess: async (checked) => {
      queries.setQueryData(['builds', 'one', build.id], checked)
      await Promise.all(
        [['builds'], ['cluster-environments']].map((queryKey) => queries.invalidateQueries({ queryKey })),
      )
    },
  })
  return (
    <Button
      variant="default"
      leftSection={<IconRefresh size={16} />}
      loading={verify.isPending}
      disabled={build.status === 'in_progress' || build.status === 'pending'}
      onClick={() => verify.mutate()}
    >
      Check again
    </Button>
  )
}
