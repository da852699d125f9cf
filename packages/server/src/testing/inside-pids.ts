import { readdir, readFile, readlink } from 'node:fs/promises'

export type MachineProcess = {
  readonly pid: number
  /** What it is called in its own pid namespace. */
  readonly pidInside: number
  readonly cgroups: string
  readonly environment: string
}

/** Every process of the machine that lives in a pid namespace which is not ours. */
export async function processesInside(): Promise<MachineProcess[]> {
  const own = await readlink('/proc/self/ns/pid')
  const found: MachineProcess[] = []
  for (const name of await readdir('/proc')) {
    const at = `/proc/${name}`
    const namespace = /^\d+$/.test(name) && (await readlink(`${at}/ns/pid`).catch(() => own))
    if (!namespace || namespace === own) continue
    const status = await readFile(`${at}/status`, 'utf8').catch(() => '')
    const pidInside = Number(status.match(/^NSpid:.*\s(\d+)$/m)?.[1])
    const isDead = /^State:\s+[ZX]/m.test(status)
    if (!pidInside || isDead) continue
    const cgroups = await readFile(`${at}/cgroup`, 'utf8').catch(() => '')
    const environment = await readFile(`${at}/environ`, 'utf8').catch(() => '')
    found.push({ pid: Number(name), pidInside, cgroups, environment })
  }
  return found
}
