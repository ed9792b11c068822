import fc from 'fast-check'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { insertOrBisect } from '../../electron/store/bisect.ts'
import type { Db, RequestClass } from '../../electron/store/db.ts'
import { StatementError } from '../../electron/store/db.ts'
import { AppError } from '../../shared/errors.ts'

export interface ContractOptions {
  readonly limitMs?: Partial<Record<RequestClass, number>>
}

const bytesOf = (value: unknown) => (value instanceof Uint8Array ? [...value] : value)

/** What every driver must do alike, since the repositories know only `Db`. */
export function describeDriver(name: string, open: (options: ContractOptions) => Promise<Db>): void {
  describe(`${name} as a Db`, () => {
    let db: Db
    beforeAll(async () => {
      db = await open({})
      await db.script(
        'create table item (id int primary key, text text, n int8 check (n < 100)); create index on item (text)',
      )
    })
    afterAll(() => db.close())
    beforeEach(async () => {
      await db.query('truncate item')
    })
    const values = async <T>(sql: string, params: Parameters<Db['query']>[1] = []) => {
      const { rows } = await db.query<{ v: T }>(sql, params)
      return rows.map(({ v }) => v)
    }
    const caught = (work: Promise<unknown>) =>
      work.then(
        () => {
          throw new Error('It did not fail')
        },
        (error: unknown) => error as AppError & StatementError,
      )

    it('gives every type as the contract says', async () => {
      const { rows } =
        await db.query(`select 1::int2 as i2, 2::int4 as i4, 3::int8 as i8, 1.5::float8 as f8, 1.5::float4 as f4,
        12345678901234567890.5::numeric as num, 'é😀'::text as t, true as yes, false as no, null::text as nothing,
        '2024-02-29 12:34:56.789+02'::timestamptz as at, '\\x00ff10'::bytea as b, '{"a":[1,null]}'::jsonb as j, '[1]'::json as js,
        array['a', null, 'b"c\\d', '', 'NULL', 'x,{}']::text[] as ta, array[1, 2]::int8[] as ia, '{}'::text[] as empty,
        array['2024-01-01 00:00:00+00'::timestamptz] as ata, '2024-01-02'::date as d, count(*) as n from generate_series(1, 3)`)
      expect(rows[0]).toEqual({
        i2: 1,
        i4: 2,
        i8: 3,
        f8: 1.5,
        f4: 1.5,
        num: '12345678901234567890.5',
        t: 'é😀',
        yes: true,
        no: false,
        nothing: null,
        at: new Date('2024-02-29T10:34:56.789Z'),
        b: expect.any(Uint8Array),
        j: { a: [1, null] },
        js: [1],
        ta: ['a', null, 'b"c\\d', '', 'NULL', 'x,{}'],
        ia: [1, 2],
        empty: [],
        ata: [new Date('2024-01-01T00:00:00Z')],
        d: '2024-01-02',
        n: 3,
      })
      expect(bytesOf(rows[0]?.['b'])).toEqual([0, 255, 16])
    })

    it('takes every type as a parameter', async () => {
      const at = new Date('2031-05-06T07:08:09.010Z')
      const { rows } = await db.query(
        'select $1::text as t, $2::int as i, $3::numeric as n, $4::boolean as b, $5::timestamptz as at, $6::bytea as bytes, $7::text[] as ta, $8::int8[] as ia, $9::text as nothing, $10::jsonb as j',
        ['x', -5, 2n ** 70n, false, at, new Uint8Array([1, 0, 255]), ['q"', null, '\\'], [1, 2n], null, '{"k":"é"}'],
      )
      expect(rows[0]).toEqual({
        t: 'x',
        i: -5,
        n: (2n ** 70n).toString(),
        b: false,
        at,
        bytes: expect.any(Uint8Array),
        ta: ['q"', null, '\\'],
        ia: [1, 2],
        nothing: null,
        j: { k: 'é' },
      })
    })

    it('gives back any text, list of texts and bytes as they were sent', async () => {
      const text = fc
        .string({ unit: 'grapheme', maxLength: 40 })
        .map((value) => value.replaceAll('\0', '').toWellFormed())
      await fc.assert(
        fc.asyncProperty(text, fc.array(fc.option(text)), fc.uint8Array(), async (one, list, bytes) => {
          const { rows } = await db.query('select $1::text as one, $2::text[] as list, $3::bytea as bytes', [
            one,
            list,
            bytes,
          ])
          expect(rows[0]?.['one']).toBe(one)
          expect(rows[0]?.['list']).toEqual(list)
          expect(bytesOf(rows[0]?.['bytes'])).toEqual([...bytes])
        }),
        { numRuns: 50 },
      )
    })

    it('survives dates that JavaScript cannot hold', async () => {
      const dates = await values<Date>(
        `select v from unnest(array['infinity', '-infinity', '0001-01-01 00:00:00+00', '0044-03-15 00:00:00+00 BC', '294276-12-31 00:00:00+00', '1850-01-01 00:00:00+00']::timestamptz[]) as v`,
      )
      expect(dates.map((date) => date.toISOString())).toEqual([
        '+275760-09-13T00:00:00.000Z',
        '-271821-04-20T00:00:00.000Z',
        '0001-01-01T00:00:00.000Z',
        '-000043-03-15T00:00:00.000Z',
        '+275760-09-13T00:00:00.000Z',
        '1850-01-01T00:00:00.000Z',
      ])
    })

    it('counts rows that were written, not rows that were read', async () => {
      expect((await db.query(`insert into item values (1, 'a'), (2, 'b')`)).affected).toBe(2)
      expect((await db.query('select * from item')).affected).toBe(0)
      expect((await db.query(`update item set text = 'c'`)).affected).toBe(2)
      expect((await db.query('delete from item where id = 1')).affected).toBe(1)
    })

    it.each([
      ['NUL in text', () => db.query('select $1::text', ['a\0secret']), '22021'],
      ['NUL in a list of texts', () => db.query('select $1::text[]', [['a\0secret']]), '22021'],
      ['NUL in jsonb', () => db.query('select $1::jsonb', ['{"secret":"\\u0000"}']), '22P05'],
      ['a lone surrogate in jsonb', () => db.query('select $1::jsonb', ['{"secret":"\\ud800"}']), '22P02'],
      ['no number', () => db.query('select $1::int', ['secret']), '22P02'],
      ['too large a number', () => db.query('select $1::int8', [2n ** 64n]), '22003'],
      ['an invalid date', () => db.query('select $1::timestamptz', [new Date(Number.NaN)]), '22008'],
      ['the year 0', () => db.query('select $1::timestamptz', [new Date('0000-06-01T00:00:00Z')]), '22008'],
      [
        'a tsvector above a megabyte',
        () => db.query(`select to_tsvector('simple', string_agg(md5(i::text), ' ')) from generate_series(1, 60000) i`),
        '54000',
      ],
      [
        'a value too long for an index',
        () => db.query(`insert into item select 1, string_agg(md5(i::text), '') from generate_series(1, 400) i`),
        '54000',
      ],
      ['a broken constraint', () => db.query(`insert into item values (1, 'secret', 500)`), '23514'],
      [
        'more parameters than the protocol counts',
        () => db.query('select 1', new Array<string>(65_536).fill('')),
        '54000',
      ],
    ])('tells a refused value from a failure: %s', async (_name, attempt, sqlState) => {
      const error = await caught(attempt())
      expect(error).toBeInstanceOf(StatementError)
      expect(error.sqlState).toBe(sqlState)
      expect(error.message).not.toContain('secret')
      expect(await values('select 1 as v')).toEqual([1])
    })

    it('says which key was doubled, and not with what value', async () => {
      await db.query(`insert into item values (7, 'secret')`)
      const error = await caught(db.query(`insert into item values (7, 'secret')`))
      expect(error.sqlState).toBe('23505')
      expect(error.message).toContain('item_pkey')
      expect(error.message).not.toContain('secret')
    })

    it('replaces a lone surrogate in text, as it is no UTF-8', async () => {
      expect(await values('select $1::text as v', ['a\ud800b'])).toEqual(['a\ufffdb'])
    })

    it('keeps the Postgres code of a wrong statement', async () => {
      const error = await caught(db.query('select * from nowhere'))
      expect(error).toBeInstanceOf(AppError)
      expect(error.code).toBe('store')
      expect(error.cause).toMatchObject({ code: '42P01' })
    })

    it.each([
      ['nothing', ''],
      ['blanks', ' \n\t '],
      ['semicolons', ' ; ;'],
      ['a comment to the end of the line', '-- select 1'],
      ['a comment in a comment', "/* it's /* in */ that */ ;"],
      ['copy from its sender', 'copy item from stdin'],
      ['copy that looks like something else', "/* don't */ COPY item (id)\n-- it's\nFROM STDIN with (format csv)"],
      ['copy of a quoted table', 'copy public."item" from stdin'],
    ])('refuses what it cannot answer, and lives: %s', async (_name, text) => {
      expect(await caught(db.query(text))).toMatchObject({ code: 'bad_input', remedy: expect.any(String) })
      const [one] = await db.transaction(async (sql) => {
        await expect(sql.query(text)).rejects.toMatchObject({ code: 'bad_input' })
        return (await sql.query<{ v: number }>('select 1 as v')).rows
      })
      expect(one).toEqual({ v: 1 })
    })

    it('takes texts that only look like what it refuses, and a script with nothing in it', async () => {
      expect(await values(`select 'copy item from stdin' as v -- ; copy item from stdin`)).toEqual([
        'copy item from stdin',
      ])
      expect(await values('/* first */ select $$; copy item from stdin$$ as v')).toEqual(['; copy item from stdin'])
      await db.script('-- nothing')
      expect(await caught(db.script('select 1; copy item from stdin'))).toMatchObject({ code: 'bad_input' })
      expect(await values('select 1 as v')).toEqual([1])
    })

    it('answers a statement that it knows from before the tables changed', async () => {
      await db.script('create table changing (id int)')
      const all = async () => (await db.query('select * from changing')).rows
      await db.query('insert into changing values (1)')
      expect(await all()).toEqual([{ id: 1 }])
      await db.query('alter table changing add column text text')
      expect(await all()).toEqual([{ id: 1, text: null }])
      // Known only in the midst of a change that was undone.
      const undone = db.transaction(async (sql) => {
        await sql.query('alter table changing add column more text')
        await sql.query('select *, 1 as one from changing')
        throw new Error('no')
      })
      await expect(undone).rejects.toThrow('no')
      expect((await db.query('select *, 1 as one from changing')).rows).toEqual([{ id: 1, text: null, one: 1 }])
      // A change that no command names.
      await db.query(
        `create function change() returns int language plpgsql as $$ begin alter table changing drop column text; return 1; end $$`,
      )
      expect(await all()).toEqual([{ id: 1, text: null }])
      await db.query('select change()')
      expect(await all()).toEqual([{ id: 1 }])
      await db.query('deallocate all')
      expect(await all()).toEqual([{ id: 1 }])
    })

    it('takes one statement a call', async () => {
      expect(await caught(db.query('select 1; select 2'))).toMatchObject({ code: 'store', cause: { code: '42601' } })
    })

    it('commits a transaction that ends well', async () => {
      const answer = await db.transaction(async (sql) => {
        await sql.query(`insert into item values (1, 'a')`)
        await sql.script(`insert into item values (2, 'b'); insert into item values (3, 'c')`)
        return 'done'
      })
      expect(answer).toBe('done')
      expect(await values('select id as v from item order by id')).toEqual([1, 2, 3])
    })

    it('undoes a transaction whose work throws', async () => {
      const failure = new Error('no')
      const work = db.transaction(async (sql) => {
        await sql.query(`insert into item values (1, 'a')`)
        throw failure
      })
      expect(await caught(work)).toBe(failure)
      expect(await values('select id as v from item')).toEqual([])
    })

    it('does not pass a transaction off as stored whose failed statement was ignored', async () => {
      const work = db.transaction(async (sql) => {
        await sql.query(`insert into item values (1, 'a')`)
        await sql.query(`insert into item values (1, 'again')`).catch(() => undefined)
      })
      expect(await caught(work)).toMatchObject({ code: 'store' })
      expect(await values('select id as v from item')).toEqual([])
    })

    it('refuses a request that would wait for its own transaction', async () => {
      const work = db.transaction(() => db.query('select 1'))
      expect(await caught(work)).toMatchObject({ code: 'bug' })
      expect(await values('select 1 as v')).toEqual([1])
    })

    it('refuses a statement after the end of its transaction', async () => {
      const sql = await db.transaction(async (inner) => inner)
      expect(await caught(sql.query('select 1'))).toMatchObject({ code: 'bug' })
    })

    it('runs work that was started in a transaction and outlives it', async () => {
      let later: Promise<unknown> = Promise.resolve()
      let go: () => void = () => undefined
      await db.transaction(async () => {
        later = new Promise<void>((resolve) => {
          go = resolve
        }).then(() => db.query('select 1'))
      })
      go()
      expect(await later).toMatchObject({ rows: [{}] })
    })

    it('leaves nothing of a script that fails half way', async () => {
      expect(
        await caught(db.script(`begin; insert into item values (1, 'a'); select * from nowhere; commit`)),
      ).toMatchObject({ code: 'store' })
      expect(await values('select count(*) as v from item')).toEqual([0])
    })

    it('stores all rows but the bad ones, wherever they stand', async () => {
      await fc.assert(
        fc.asyncProperty(fc.array(fc.boolean(), { maxLength: 12 }), async (good) => {
          await db.query('truncate item')
          const rows = good.map((isGood, id) => ({ id, text: isGood ? 'fine' : 'ba\0d' }))
          const bad: number[] = []
          await db.transaction((sql) =>
            insertOrBisect(
              sql,
              rows,
              async (some) => {
                await sql.query('insert into item (id, text) select * from unnest($1::int[], $2::text[])', [
                  some.map(({ id }) => id),
                  some.map(({ text }) => text),
                ])
              },
              async ({ id }, error) => {
                expect(error.sqlState).toBe('22021')
                bad.push(id)
              },
            ),
          )
          expect(bad).toEqual(rows.filter(({ id }) => !good[id]).map(({ id }) => id))
          expect(await values('select id as v from item order by id')).toEqual(
            rows.filter(({ id }) => good[id]).map(({ id }) => id),
          )
        }),
        { numRuns: 15 },
      )
    })

    it('serves many requests at once', async () => {
      const answers = await Promise.all(
        Array.from({ length: 40 }, (_, i) =>
          db.as(i % 2 === 0 ? 'interactive' : 'batch').query('select $1::int as v', [i]),
        ),
      )
      expect(answers.map(({ rows }) => rows[0]?.['v'])).toEqual(Array.from({ length: 40 }, (_, i) => i))
    })

    it('knows its size', async () => {
      expect(await db.sizeBytes()).toBeGreaterThan(1_000_000)
    })
  })

  describe(`${name} under its watchdogs`, () => {
    let db: Db
    beforeAll(async () => {
      db = await open({ limitMs: { interactive: 400 } })
      await db.script('create table kept (id int primary key)')
    })
    afterAll(() => db.close())

    it('gives up a request that takes too long, and serves the next with all that was committed', async () => {
      await db.query('insert into kept values (1)')
      await expect(db.as('interactive').query('select pg_sleep(20)')).rejects.toMatchObject({ code: 'store' })
      expect((await db.query('select id from kept')).rows).toEqual([{ id: 1 }])
    })

    it('undoes a transaction that holds the database without using it', async () => {
      let release: () => void = () => undefined
      const work = db.as('interactive').transaction(async (sql) => {
        await sql.query('insert into kept values (2)')
        await new Promise<void>((resolve) => {
          release = resolve
        })
      })
      await expect(work).rejects.toMatchObject({ code: 'store' })
      release()
      expect((await db.query('select id from kept')).rows).toEqual([{ id: 1 }])
    })

    it('refuses everything once closed, and closes twice without complaint', async () => {
      await db.close()
      await db.close()
      await expect(db.query('select 1')).rejects.toMatchObject({ code: 'store' })
      await expect(db.transaction(async () => undefined)).rejects.toMatchObject({ code: 'store' })
    })
  })
}
