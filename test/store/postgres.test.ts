import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { connect, createServer, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import type { Db } from '../../electron/store/db.ts'
import { openPostgres } from '../../electron/store/postgres.ts'
import { checkDatabaseUrl } from '../../electron/store/postgres-errors.ts'
import { createServerDatabase, silentLog } from '../support/database.ts'
import { describeDriver } from '../support/driver-contract.ts'
import type { PostgresServer } from '../support/postgres-server.ts'
import { postgresMissing, startPostgres } from '../support/postgres-server.ts'

const missing = postgresMissing()
describe.skipIf(missing !== null)(`PostgreSQL${missing === null ? '' : ` (${missing})`}`, () => {
  let server: PostgresServer
  beforeAll(async () => {
    server = await startPostgres()
  })
  afterAll(() => server.stop())

  const open = async (options: Partial<Parameters<typeof openPostgres>[0]> = {}): Promise<Db> => {
    const { own } = await createServerDatabase(server.url)
    return await openPostgres({ url: own, log: silentLog, ...options })
  }

  describeDriver('PostgreSQL', ({ limitMs }) => open({ statementLimitMs: limitMs }))

  it('grants an account to one worker at a time', async () => {
    const { own } = await createServerDatabase(server.url)
    const [one, other] = await Promise.all([0, 1].map(() => openPostgres({ url: own, log: silentLog })))
    if (one === undefined || other === undefined) throw new Error('not open')
    const release = await one.claim('ada')
    expect(release).not.toBeNull()
    expect(await one.claim('ada')).toBeNull()
    expect(await other.claim('ada')).toBeNull()
    expect(await other.claim('bob')).not.toBeNull()
    await release?.()
    expect(await other.claim('ada')).not.toBeNull()
    await other.close()
    expect(await one.claim('ada')).not.toBeNull()
    await one.close()
  })

  it('tells that claims are lost when their connection breaks, and can claim again', async () => {
    const lost: string[] = []
    let tell: () => void = () => undefined
    const told = new Promise<void>((resolve) => {
      tell = resolve
    })
    const db = await open({
      onClaimsLost: (keys) => {
        lost.push(...keys)
        tell()
      },
    })
    const release = await db.claim('ada')
    await db.query('select pg_terminate_backend(pid) from pg_locks where locktype = $1 and pid <> pg_backend_pid()', [
      'advisory',
    ])
    await told
    expect(lost).toEqual(['ada'])
    // What had the old claim gives it back late: that takes nothing from whoever has it by now.
    expect(await db.claim('ada')).not.toBeNull()
    await release?.()
    expect(await db.claim('ada')).toBeNull()
    await db.close()
  })

  it('keeps a claim for as long as its worker lives, and takes it from one that is frozen', async () => {
    const { own } = await createServerDatabase(server.url)
    const other = await openPostgres({ url: own, log: silentLog })
    const holder = spawn(process.execPath, [join(import.meta.dirname, 'claim-holder.ts'), own, 'ada', '600'], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    try {
      await new Promise((resolve) => holder.stdout.once('data', resolve))
      for (const until = performance.now() + 1_500; performance.now() < until; await delay(50)) {
        expect(await other.claim('ada')).toBeNull()
      }
      holder.kill('SIGSTOP')
      await vi.waitFor(async () => expect(await other.claim('ada')).not.toBeNull(), { timeout: 20_000 })
    } finally {
      holder.kill('SIGKILL')
      await other.close()
    }
  })

  it('fails a transaction whose connection is cut, and serves the next', async () => {
    const db = await open()
    await db.script('create table t (id int)')
    const work = db.transaction(async (sql) => {
      await sql.query('insert into t values (1)')
      const { rows } = await sql.query<{ pid: number }>('select pg_backend_pid() as pid')
      const killer = new pg.Client({ connectionString: server.url })
      await killer.connect()
      await killer.query('select pg_terminate_backend($1)', [rows[0]?.pid])
      await killer.end()
      await sql.query('insert into t values (2)')
    })
    await expect(work).rejects.toMatchObject({ code: 'store' })
    expect((await db.query('select id from t')).rows).toEqual([])
    await db.close()
  })

  it('goes on by another connection when its server takes no writes any more, as after a failover', async () => {
    const { own } = await createServerDatabase(server.url)
    const db = await openPostgres({ url: own, log: silentLog })
    await db.script('create table t (id int)')
    // For the session alone: what a pool gives out again leads to the server of before.
    await db.query(`select set_config('default_transaction_read_only', 'on', false)`)
    await expect(db.query('insert into t values (1)')).rejects.toMatchObject({
      code: 'store',
      message: expect.stringContaining('read-only'),
    })
    await db.query('insert into t values (2)')
    expect((await db.query('select id from t')).rows).toEqual([{ id: 2 }])
    await db.close()
  })

  it('lives through a crash of the server', async () => {
    const db = await open()
    await db.script('create table t (id int); insert into t values (1)')
    await Promise.all([1, 2, 3].map(() => db.query('select 1'))) // idle connections that will break
    await server.restart()
    const answer = await db.query('select id from t').catch(() => db.query('select id from t'))
    expect(answer.rows).toEqual([{ id: 1 }])
    await db.close()
  })

  it('runs a click while batches hold all their connections', async () => {
    const db = await open()
    const slow = Promise.all([1, 2, 3, 4].map(() => db.query('select pg_sleep(0.7)')))
    const first = await Promise.race([
      slow.then(() => 'batch'),
      db
        .as('interactive')
        .query('select 1')
        .then(() => 'click'),
    ])
    expect(first).toBe('click')
    await slow
    await db.close()
  })

  it('lets requests wait for a connection longer than a connection may take to open', async () => {
    const db = await open({ connectLimitMs: 300 })
    const answers = await Promise.all([1, 2].map(() => db.as('maintenance').query('select pg_sleep(0.5)')))
    expect(answers).toHaveLength(2)
    await db.close()
  })

  it('closes while a request runs for ever', async () => {
    const db = await open()
    const request = db.query('select pg_sleep(50)').catch((error: unknown) => error)
    await db.query('select 1')
    await db.close()
    expect(await request).toMatchObject({ code: 'store' })
  })

  it('gives up a claim and a request, and closes, when the server has fallen silent', async () => {
    const wire = await silentWire(server.url)
    const db = await openPostgres({ url: wire.url, log: silentLog, statementLimitMs: { interactive: 400 } })
    const release = await db.claim('ada')
    await db.query('select 1') // leaves an idle connection
    wire.fallSilent()
    await expect(db.claim('bob')).rejects.toMatchObject({ code: 'store' })
    await release?.()
    await expect(db.as('interactive').query('select 1')).rejects.toMatchObject({ code: 'store' })
    const stuck = db.query('select 1').catch((error: unknown) => error)
    await new Promise((resolve) => setTimeout(resolve, 50)) // on its way
    const began = performance.now()
    await db.close()
    expect(performance.now() - began).toBeLessThan(15_000)
    expect(await stuck).toMatchObject({ code: 'store' })
    await expect.poll(wire.left).toBe(0)
    wire.close()
  })

  const refused = (url: string) =>
    openPostgres({ url, log: silentLog }).then(
      () => null,
      (error: unknown) => error,
    )

  it('names what is wrong with a server, without the password', async () => {
    const there = new URL(server.url)
    there.password = 'hunter2'
    there.pathname = '/nowhere'
    const noDatabase = (await refused(there.href)) as Error
    expect(noDatabase).toMatchObject({ code: 'store', remedy: expect.stringContaining('createdb') })
    const noServer = (await refused('postgresql://me:hunter2@127.0.0.1:1/mail')) as Error
    expect(noServer.message).toContain('No PostgreSQL server answers')
    for (const error of [noDatabase, noServer]) {
      expect(JSON.stringify({ ...error, text: String(error), cause: String(error.cause) })).not.toContain('hunter2')
    }
  })

  it('refuses a pooler that shares connections between sessions: two workers could have one claim', async () => {
    const pooler = await sharingPooler(server.url)
    expect(await refused(pooler.url)).toMatchObject({
      code: 'bad_settings',
      message: expect.stringContaining('pooler'),
      remedy: expect.stringContaining('pool_mode = session'),
    })
    pooler.close()
  })

  it('refuses a database that does not store UTF-8', async () => {
    const client = new pg.Client({ connectionString: server.url })
    await client.connect()
    await client.query(`create database latin encoding 'SQL_ASCII' lc_collate 'C' lc_ctype 'C' template template0`)
    await client.end()
    const url = new URL(server.url)
    url.pathname = '/latin'
    expect(await refused(url.href)).toMatchObject({
      code: 'bad_settings',
      message: expect.stringContaining('SQL_ASCII'),
    })
  })
})

/** A way to the server that can fall silent, as a network does that loses every packet: nothing arrives, nothing ends. */
async function silentWire(url: string) {
  const home = mkdtempSync(join(tmpdir(), 'mailtide-wire-'))
  const socket = '.s.PGSQL.5432'
  const sockets = new Set<Socket>()
  let isSilent = false
  const wire = createServer({ allowHalfOpen: true }, (near) => {
    const far = connect({ path: join(decodeURIComponent(new URL(url).hostname), socket), allowHalfOpen: true })
    sockets.add(near)
    near.on('end', () => sockets.delete(near))
    for (const [from, to] of [
      [near, far],
      [far, near],
    ] as const) {
      from.on('error', () => undefined)
      from.on('data', (bytes) => isSilent || to.write(bytes))
      from.on('end', () => isSilent || to.end())
    }
  })
  await new Promise<void>((resolve) => wire.listen(join(home, socket), resolve))
  return {
    url: url.replace(new URL(url).hostname, encodeURIComponent(home)),
    fallSilent: () => {
      isSilent = true
    },
    /** Connections that our side has not ended. */
    left: () => sockets.size,
    close: () => {
      for (const socket of sockets) socket.destroy()
      wire.close()
      rmSync(home, { recursive: true, force: true })
    },
  }
}

/** What PgBouncer does with `pool_mode = transaction`: all that come by here have one session of the server in turn. */
async function sharingPooler(url: string) {
  const home = mkdtempSync(join(tmpdir(), 'mailtide-pooler-'))
  const socket = '.s.PGSQL.5432'
  const far = connect({ path: join(decodeURIComponent(new URL(url).hostname), socket) })
  const greeting = Promise.withResolvers<Buffer>()
  const [TERMINATE, READY] = ['X'.charCodeAt(0), 'Z'.charCodeAt(0)]
  let greeted = Buffer.alloc(0)
  let asking: Socket | null = null
  far.on('error', () => undefined)
  far.on('data', (bytes) => {
    if (asking !== null) return void asking.write(bytes)
    greeted = Buffer.concat([greeted, bytes])
    // It ends by `Z`, its length and the state of the session.
    if (greeted.at(-6) === READY) greeting.resolve(greeted)
  })
  let isFirst = true
  const pooler = createServer((near) => {
    near.on('error', () => undefined)
    near.once('data', async (startup) => {
      if (isFirst) far.write(startup)
      isFirst = false
      near.write(await greeting.promise)
      near.on('data', (bytes) => {
        if (bytes[0] === TERMINATE) return void near.end()
        asking = near
        far.write(bytes)
      })
    })
  })
  await new Promise<void>((resolve) => pooler.listen(join(home, socket), resolve))
  return {
    url: url.replace(new URL(url).hostname, encodeURIComponent(home)),
    close: () => {
      far.destroy()
      pooler.close()
      rmSync(home, { recursive: true, force: true })
    },
  }
}

describe('DATABASE_URL', () => {
  it.each([
    ['', 'empty'],
    ['mysql://u:hunter2@h/db', 'postgresql://'],
    ['localhost/db', 'postgresql://'],
    ['postgresql://u:hunter2@h', 'no database'],
    ['postgresql://u:hunter2@h/', 'no database'],
    ['postgresql://u:hunter2@h/a/b', 'slash'],
    ['postgresql://u:hunter2@h/template1', 'pattern'],
    ['postgresql://u:hun#ter2@h/db', 'cannot be read'],
    ['postgresql://h/db?sslmode=maybe', 'sslmode'],
    ['postgresql://h:99999/db', 'cannot be read'],
  ])('is refused with a reason when it is %j', (url, reason) => {
    let error: Error | undefined
    try {
      checkDatabaseUrl(url)
    } catch (caught) {
      error = caught as Error
    }
    expect(error).toMatchObject({ code: 'bad_settings', message: expect.stringContaining(reason) })
    expect(String(error)).not.toContain('ter2')
  })

  it.each([
    'postgresql://u:p@h:5432/db',
    'postgres://h/db?sslmode=require',
    'postgresql:///db?host=/run/postgresql',
    'postgresql://u@/db?host=/run/postgresql',
    'postgresql://u@%2Frun%2Fpostgresql/db',
    'postgresql://u:p%40%23@[::1]/db',
  ])('may be %s', (url) => {
    expect(() => checkDatabaseUrl(url)).not.toThrow()
  })
})
