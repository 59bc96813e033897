/** `npx node scripts/blocking-client.ts`: writes the blocking Python client, after a change to the asyncio one. */
import { writeFile } from 'node:fs/promises'
import { blockingClient, blockingClientFile } from './building/blocking-client.ts'

await writeFile(blockingClientFile, await blockingClient())
