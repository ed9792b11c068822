import { execFileSync, spawn } from 'node:child_process'
import { chownSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const NO_POSTGRES = 'skipped: PostgreSQL is not installed here (Debian: apt-get install postgresql)'

export interface PostgresServer {
  /** Of the superuser, database `postgres`. */
  readonly url: string
  /** Kills the server as a power cut would, then starts it again. */
  restart(): Promise<void>
  stop(): Promise<void>
}

/** Null when tests can start a server of their own, else why not, in words. */
export function postgresMissing(): string | null {
  return binaries() === null ? NO_POSTGRES : null
}

function binaries(): string | null {
  const root = '/usr/lib/postgresql'
  const versions = existsSync(root) ? readdirSync(root).map(Number) : []
  const found = versions.sort((a, b) => b - a).map((version) => join(root, String(version), 'bin'))
  return found.find((dir) => existsSync(join(dir, 'initdb')) && existsSync(join(dir, 'postgres'))) ?? null
}

/** Starts a throw-away server on a Unix socket in a temp folder, as user postgres when we are root (it refuses root). */
export async function startPostgres(): Promise<PostgresServer> {
  const bin = binaries()
  if (bin === null) throw new Error(NO_POSTGRES)
  const home = mkdtempSync(join(tmpdir(), 'mailtide-pg-'))
  const user = process.getuid?.() === 0 ? postgresUser() : null
  if (user !== null) chownSync(home, user.uid, user.gid)
  const data = join(home, 'data')
  const options = { ...user, cwd: home, stdio: 'ignore' as const }
  execFileSync(join(bin, 'initdb'), ['-D', data, '-U', 'postgres', '-E', 'UTF8', '-A', 'trust', '--no-sync'], options)

  const start = async () => {
    const settings = ['listen_addresses=', `unix_socket_directories=${home}`, 'fsync=off', 'shared_buffers=16MB']
    const child = spawn(join(bin, 'postgres'), ['-D', data, ...settings.flatMap((value) => ['-c', value])], options)
    const exited = new Promise<void>((resolve) => {
      child.once('exit', () => resolve())
    })
    await ready(bin, home)
    return { child, exited }
  }
  let server = await start()
  return {
    url: `postgresql://postgres@${encodeURIComponent(home)}/postgres`,
    async restart() {
      server.child.kill('SIGQUIT') // immediate shutdown: no checkpoint
      await server.exited
      server = await start()
    },
    async stop() {
      server.child.kill('SIGINT')
      await server.exited
      rmSync(home, { recursive: true, force: true })
    },
  }
}

function postgresUser(): { uid: number; gid: number } {
  const line = readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .find((entry) => entry.startsWith('postgres:'))
  const [, , uid, gid] = line?.split(':') ?? []
  return { uid: Number(uid), gid: Number(gid) }
}

async function ready(bin: string, socket: string): Promise<void> {
  for (let tries = 0; tries < 200; tries++) {
    try {
      execFileSync(join(bin, 'pg_isready'), ['-h', socket, '-q'])
      return
    } catch {
      await new Promise((resolve) => setTimeout(resolve, 50))
    }
  }
  throw new Error('The test server did not start')
}
