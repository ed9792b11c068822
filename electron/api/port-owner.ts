import { execFile } from 'node:child_process'
import { readdir, readFile, readlink } from 'node:fs/promises'
import { promisify } from 'node:util'

/** Which process listens on a TCP port of this computer; null where the system does not tell. */
export async function portOwner(port: number): Promise<{ readonly pid: number; readonly name: string } | null> {
  const pid = process.platform === 'linux' ? await linuxOwner(port) : await lsofOwner(port)
  if (pid === null) return null
  const name = await readFile(`/proc/${pid}/comm`, 'utf8').catch(() => '')
  return { pid, name: name.trim() }
}

async function linuxOwner(port: number): Promise<number | null> {
  const tables = await Promise.all(['tcp', 'tcp6'].map((name) => readFile(`/proc/net/${name}`, 'utf8').catch(() => '')))
  const inodes = new Set(tables.flatMap((table) => listeningInodes(table, port)))
  if (inodes.size === 0) return null
  const wanted = new Set([...inodes].map((inode) => `socket:[${inode}]`))
  for (const pid of await readdir('/proc')) {
    if (/^\d+$/.test(pid) && (await holdsOne(pid, wanted))) return Number(pid)
  }
  return null
}

/**
 * Sockets in state LISTEN (0A) on the port, from `/proc/net/tcp`: `sl local_address rem_address st … inode`, the port in
 * hex after the last colon (https://www.kernel.org/doc/html/latest/networking/proc_net_tcp.html).
 */
export function listeningInodes(table: string, port: number): readonly string[] {
  const hex = port.toString(16).toUpperCase().padStart(4, '0')
  return table.split('\n').flatMap((line) => {
    const [, local, , state, , , , , , inode] = line.trim().split(/\s+/)
    return state === '0A' && local?.endsWith(`:${hex}`) && inode ? [inode] : []
  })
}

/** Other people's processes hide their files: then nobody is found. */
async function holdsOne(pid: string, sockets: ReadonlySet<string>): Promise<boolean> {
  const files = await readdir(`/proc/${pid}/fd`).catch(() => [])
  for (const file of files) {
    const target = await readlink(`/proc/${pid}/fd/${file}`).catch(() => '')
    if (sockets.has(target)) return true
  }
  return false
}

async function lsofOwner(port: number): Promise<number | null> {
  if (process.platform === 'win32') return null
  try {
    const { stdout } = await promisify(execFile)('lsof', ['-nP', '-t', `-iTCP:${port}`, '-sTCP:LISTEN'], {
      timeout: 5_000,
    })
    return /^\d+/.test(stdout) ? Number.parseInt(stdout, 10) : null
  } catch {
    return null
  }
}
