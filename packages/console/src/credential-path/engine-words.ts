/** The engine that an image is for: one that asked its door, or Docker, to which Fairlead's own pulls go. Pure. */
import type { DoorEngine, PullRecord } from '@fairlead/contract/wire'

const names: Record<DoorEngine, string> = { docker: 'Docker', containerd: 'containerd', podman: 'Podman' }

export const engineName = ({ engine }: Pick<PullRecord, 'engine'>): string => names[engine ?? 'docker']

/** Whether the engine asked for the image by itself, and no order of the control plane was behind it. */
export const isThroughDoor = ({ purpose }: Pick<PullRecord, 'purpose'>): boolean => purpose === 'door'
