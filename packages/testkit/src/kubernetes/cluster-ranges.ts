/** Addresses of a test cluster; those of test networks are elsewhere. */

export const podRange = '10.42.0.0/16'
/** The pods of the node with this number. */
export const podRangeOf = (node: number): string => `10.42.${node}.0/24`
export const serviceRange = '10.43.0.0/16'
/** Of the Service `kubernetes`. */
export const apiServerAddress = '10.43.0.1'
export const nameServerAddress = '10.43.0.10'
export const apiServerPort = 6443
