import { rm } from 'node:fs/promises'
import { z } from 'zod'
import type { DataPaths } from './data-folder.ts'
import { writeDurably } from './durable-file.ts'
import { readPlainFile } from './plain-file.ts'

/** Where the running service can be reached: `service.json`, there from start to clean stop. */
export const ServiceFile = z.object({
  pid: z.int().positive(),
  /** Null while the HTTP API is off. */
  port: z.int().min(1).max(65_535).nullable(),
  host: z.enum(['desktop', 'headless', 'demo', 'test']),
  startedAt: z.iso.datetime(),
})
export type ServiceFile = z.infer<typeof ServiceFile>
export type HostKind = ServiceFile['host']

export async function writeServiceFile(paths: DataPaths, service: ServiceFile): Promise<void> {
  await writeDurably(paths.service, `${JSON.stringify(service, null, 2)}\n`)
}

/** Null when there is none, or none that can be read. It may be left over from a process that was killed. */
export async function readServiceFile(paths: DataPaths): Promise<ServiceFile | null> {
  try {
    return ServiceFile.parse(JSON.parse(await readPlainFile(paths.service)))
  } catch {
    // Absent, half-written, of another program, or no file at all: it says nothing, and the lock says who owns the folder.
    return null
  }
}

export async function removeServiceFile(paths: DataPaths): Promise<void> {
  await rm(paths.service, { force: true })
}
