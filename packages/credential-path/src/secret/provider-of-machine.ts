/**
 * The cloud of this machine according to its firmware (SMBIOS, as cloud-init asks): nothing is sent, so a machine outside any cloud asks no
 * one, and no name server or neighbour can interfere.
 */
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'

/** What the kernel exposes of the firmware. */
export interface Firmware {
  readonly sysVendor: string
  readonly productName: string
  readonly biosVersion: string
}

const folder = '/sys/class/dmi/id'

export async function providerOfMachine(firmwareFolder = folder): Promise<'aws' | 'gcp' | null> {
  const read = async (name: string) => readFile(join(firmwareFolder, name), 'utf8').catch(() => '')
  const [sysVendor, productName, biosVersion] = await Promise.all(
    ['sys_vendor', 'product_name', 'bios_version'].map(read),
  )
  return providerIn({ sysVendor: sysVendor ?? '', productName: productName ?? '', biosVersion: biosVersion ?? '' })
}

/** Xen instances name the cloud only in their BIOS version. */
export function providerIn({ sysVendor, productName, biosVersion }: Firmware): 'aws' | 'gcp' | null {
  if (sysVendor.trim() === 'Amazon EC2' || /^\d+\.\d+\.amazon$/.test(biosVersion.trim())) return 'aws'
  return sysVendor.trim() === 'Google' && productName.trim() === 'Google Compute Engine' ? 'gcp' : null
}
