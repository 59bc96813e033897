/** The engines that can pull through a door: the standing mirror on their own machine. */
import { z } from 'zod'

export const DoorEngine = z.enum(['docker', 'containerd', 'podman'])
export type DoorEngine = z.infer<typeof DoorEngine>
