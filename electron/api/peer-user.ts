import { readFile } from 'node:fs/promises'

/** The ports of a connection, as the listening end sees them. */
export interface Connected {
  readonly localPort?: number | undefined
  readonly remotePort?: number | undefined
}

/**
 * Whether the program at the other end of a connection of this computer runs as our own user, or as the system's, which may do anything. Null where the
 * system does not tell. A program of this computer cannot keep its connection out of the table.
 */
export async function isOwnUser(
  { localPort, remotePort }: Connected,
  self: number | undefined = process.geteuid?.(),
): Promise<boolean | null> {
  if (process.platform !== 'linux' || localPort === undefined || remotePort === undefined) return null
  const tables = await Promise.all(['tcp', 'tcp6'].map((name) => readFile(`/proc/net/${name}`, 'utf8').catch(() => '')))
  const users = tables.flatMap((table) => connectionUsers(table, remotePort, localPort))
  return users.length === 0 ? null : users.every((user) => user === self || user === 0)
}

/**
 * Whose the sockets are that lead from one port to another, from `/proc/net/tcp`: `sl local_address rem_address st queues timer retrnsmt uid`, ports in hex
 * after the last colon (https://www.kernel.org/doc/html/latest/networking/proc_net_tcp.html). In whatever state: one that only reads on gets the answer.
 */
export function connectionUsers(table: string, from: number, to: number): readonly number[] {
  const [own, other] = [from, to].map((port) => `:${port.toString(16).toUpperCase().padStart(4, '0')}`) as [
    string,
    string,
  ]
  return table.split('\n').flatMap((line) => {
    const [, local = '', remote = '', , , , , user = ''] = line.trim().split(/\s+/)
    return local.endsWith(own) && remote.endsWith(other) && /^\d+$/.test(user) ? [Number(user)] : []
  })
}
