import { randomBytes } from 'node:crypto'
import { chmodSync, closeSync, openSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { connect, createServer, type Server } from 'node:net'
import { dirname, join } from 'node:path'
import { errnoOf, PRIVATE_FILE } from './durable-file.ts'

/**
 * A listening socket beside the lock. Process numbers mean nothing from one container to the next, but a socket in a
 * shared folder answers on the same kernel exactly as long as its process lives.
 */
export interface Beacon {
  /** File name of the socket, beside the lock. */
  readonly name: string
  close(): Promise<void>
}

/** Lights a beacon, or gives null where the file system or the system has no such sockets. */
export async function lightBeacon(lockPath: string): Promise<Beacon | null> {
  if (process.platform === 'win32') return null
  const name = `lock.${randomBytes(6).toString('hex')}.sock`
  const folder = dirname(lockPath)
  const server = createServer((socket) => socket.destroy())
  const reach = shortPath(folder, name)
  try {
    await listen(server, reach.path)
    // A socket is made with whatever the umask leaves.
    chmodSync(reach.path, PRIVATE_FILE)
  } catch {
    server.close()
    reach.release()
    return null
  }
  server.unref()
  return {
    name,
    close: async () => {
      await new Promise<void>((resolve) => server.close(() => resolve()))
      reach.release()
      await rm(join(folder, name), { force: true })
    },
  }
}

/** Whether a beacon burns: `unknown` when it cannot be reached for another reason than a dead process. */
export async function beaconState(lockPath: string, name: string): Promise<'lit' | 'out' | 'unknown'> {
  const reach = shortPath(dirname(lockPath), name)
  try {
    return await new Promise((resolve) => {
      const socket = connect(reach.path)
      socket.once('connect', () => {
        socket.destroy()
        resolve('lit')
      })
      socket.once('error', (error) => resolve(errnoOf(error) === 'ECONNREFUSED' ? 'out' : 'unknown'))
    })
  } finally {
    reach.release()
  }
}

function listen(server: Server, path: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen({ path, readableAll: false, writableAll: false }, () => {
      server.removeListener('error', reject)
      resolve()
    })
  })
}

/** Socket paths end at 108 bytes (104 on macOS). Linux reaches a deep folder by an open handle to it. */
function shortPath(folder: string, name: string): { readonly path: string; release(): void } {
  const path = join(folder, name)
  if (Buffer.byteLength(path) < 100 || process.platform !== 'linux') return { path, release: () => undefined }
  const handle = openSync(folder, 'r')
  return { path: `/proc/self/fd/${handle}/${name}`, release: () => closeSync(handle) }
}
