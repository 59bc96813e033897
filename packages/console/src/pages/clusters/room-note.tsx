/** How many nodes of a cloud are free now, and what follows if there are too few. */
import { IconCircleCheck, IconHourglass } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { nodesOfCloudQuery } from '../../queries/resource-queries.ts'
import { useSession } from '../../session/session.tsx'
import { roomFor } from './room.ts'
import classes from './room-note.module.css'

export function RoomNote({ cloudId, cloud, workers }: { cloudId: string; cloud: string; workers: number }) {
  const { client } = useSession()
  const { data } = useQuery(nodesOfCloudQuery(client, cloudId))
  if (data === undefined) return <output className={classes.room} />
  const { fits, now, follows } = roomFor(data.results, data.metadata.next_paging_token === null, workers, cloud)
  return (
    <output className={classes.room} data-fits={fits}>
      {fits ? (
        <IconCircleCheck size={18} stroke={1.8} aria-hidden />
      ) : (
        <IconHourglass size={18} stroke={1.8} aria-hidden />
      )}
      <span>
        {now}.{follows !== null && ` ${follows}`}
      </span>
    </output>
  )
}
