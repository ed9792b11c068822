import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { openCredentials, sealCredentials } from '../../electron/service/credential-file.ts'
import type { SealedCredentials } from '../../shared/credentials.ts'

const user = (n: number) => ({
  client_id: 'id.apps.googleusercontent.com',
  client_secret: 'GOCSPX-secret',
  refresh_token: `1//0refresh${n}`,
  scopes: ['https://www.googleapis.com/auth/gmail.readonly'],
})
const content = {
  accounts: [{ email: 'ada@example.com', credential: user(1) }],
  clients: [{ name: 'work', client: { client_id: 'a', client_secret: 'b', project_id: null } }],
}
let sealed: SealedCredentials

describe('a file of credentials', () => {
  it('is opened by its passphrase, however its letters are composed, and shows nothing', async () => {
    sealed = await sealCredentials(content, 'pässe')
    expect(await openCredentials(sealed, 'pa\u0308sse')).toEqual(content)
    expect(JSON.stringify(sealed)).not.toMatch(/refresh|GOCSPX|example/)
  })

  it.each(['passe', 'pässe ', 'PÄSSE'])('is not opened by %j, which is told plainly', async (passphrase) => {
    await expect(openCredentials(sealed, passphrase)).rejects.toMatchObject({
      code: 'bad_input',
      message: expect.stringContaining('does not open this file'),
    })
  })

  it('that was changed or cut short is refused without a word of its content', async () => {
    await expect(openCredentials({ ...sealed, sealed: sealed.sealed.slice(0, -4) }, 'pässe')).rejects.toMatchObject({
      code: 'bad_input',
    })
    await expect(openCredentials({ ...sealed, version: 2 }, 'pässe')).rejects.toMatchObject({
      code: 'bad_token_file',
      message: expect.stringContaining('newer'),
    })
    await expect(openCredentials({ ...sealed, box: 'safe-storage' }, 'pässe')).rejects.toMatchObject({
      code: 'bad_token_file',
    })
  })

  it('of whatever else is refused as what it is', async () => {
    await fc.assert(
      fc.asyncProperty(fc.dictionary(fc.string(), fc.jsonValue()), async (file) => {
        await expect(openCredentials(file, 'x')).rejects.toMatchObject({ code: 'bad_token_file' })
      }),
      { numRuns: 50 },
    )
  })

  it('holds the mailboxes of one service account by the hundred, and says when it is too many', async () => {
    const key = {
      type: 'service_account' as const,
      client_id: '1',
      client_email: 'a@b.iam',
      private_key_id: 'k',
      scopes: [],
    }
    const private_key = Array.from({ length: 1_700 }, (_, index) =>
      String.fromCharCode(65 + ((index * 7919) % 26)),
    ).join('')
    const accounts = Array.from({ length: 300 }, (_, index) => {
      const email = `user${index}@example.com`
      return { email, credential: { ...key, private_key, subject: email } }
    })
    const many = await sealCredentials({ accounts, clients: [] }, 'p')
    expect((await openCredentials(many, 'p')).accounts).toHaveLength(300)
    const random = fc.sample(fc.string({ minLength: 200, maxLength: 200 }), { numRuns: 600, seed: 1 })
    const tooMany = random.map((refresh_token, index) => ({
      email: `user${index}@example.com`,
      credential: { ...user(index), refresh_token },
    }))
    await expect(sealCredentials({ accounts: tooMany, clients: [] }, 'p')).rejects.toMatchObject({
      code: 'conflict',
      remedy: expect.stringContaining('--account'),
    })
  })
})
