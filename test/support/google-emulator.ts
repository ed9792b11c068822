import { createHash, randomBytes } from 'node:crypto'
import { createServer as createProbe } from 'node:net'
import { createServer, serve } from '@emulators/core'
import { getGoogleStore, googlePlugin, seedFromConfig } from '@emulators/google'

export const EMULATED = 'testuser@gmail.com'
export const CLIENT = { client_id: 'emulated.apps.googleusercontent.com', client_secret: 'emulated-secret' }
const REDIRECT = 'http://127.0.0.1:1/callback'

export interface Emulator {
  readonly url: string
  /** Signs in as a person would: consent page, PKCE, code. Gives what `accounts import-token` takes. */
  signIn(): Promise<object>
  /**
   * What the person's choice on its consent page sends, for an authorization URL of ours; gives where the browser is sent back.
   */
  consent(url: string): Promise<string>
  /** One call of Gmail's API as the signed-in user. */
  call(method: string, path: string, body?: object): Promise<Record<string, unknown>>
  close(): Promise<void>
}

async function freePort(): Promise<number> {
  const probe = createProbe()
  await new Promise<void>((resolve) => probe.listen(0, '127.0.0.1', resolve))
  const address = probe.address()
  await new Promise<void>((resolve) => probe.close(() => resolve()))
  return typeof address === 'object' && address !== null ? address.port : 0
}

/**
 * A Gmail that somebody else wrote, with what it lacks added: getProfile, the short names of the sign-in endpoints, and that desktop apps may
 * come back to every port of this computer.
 */
export async function startEmulator(
  messages: readonly { readonly id: string; readonly raw: Uint8Array; readonly labels: readonly string[] }[],
): Promise<Emulator> {
  const port = await freePort()
  const url = `http://127.0.0.1:${port}/`
  const emulator = createServer(googlePlugin, { port, baseUrl: url.slice(0, -1) })
  seedFromConfig(emulator.store, url.slice(0, -1), {
    users: [{ email: EMULATED }],
    oauth_clients: [{ ...CLIENT, name: 'Mailtide', redirect_uris: [REDIRECT] }],
    messages: messages.map(({ id, raw, labels }, index) => ({
      id,
      user_email: EMULATED,
      raw: Buffer.from(raw).toString('base64url'),
      label_ids: [...labels],
      internal_date: String(Date.UTC(2026, 0, 1) + index * 60_000),
    })),
  })
  const aliases: Readonly<Record<string, string>> = {
    '/token': '/oauth2/token',
    '/revoke': '/oauth2/revoke',
    '/auth': '/o/oauth2/v2/auth',
  }
  const registerRedirect = (redirect: string): void => {
    const clients = getGoogleStore(emulator.store).oauthClients
    const client = clients.findOneBy('client_id', CLIENT.client_id)
    if (client === undefined || !redirect.startsWith('http://127.0.0.1:')) return
    clients.update(client.id, { redirect_uris: [...client.redirect_uris, redirect] })
  }
  const fetchAliased = async (request: Request): Promise<Response> => {
    const asked = new URL(request.url)
    if (asked.pathname === '/gmail/v1/users/me/profile') {
      const all = getGoogleStore(emulator.store).messages.all()
      const ids = all.map((message) => BigInt(message.history_id)).sort((a, b) => (a < b ? -1 : 1))
      return Response.json({
        emailAddress: EMULATED,
        messagesTotal: all.length,
        threadsTotal: all.length,
        historyId: String(ids.at(-1) ?? 1n),
      })
    }
    if (asked.pathname === '/auth') registerRedirect(asked.searchParams.get('redirect_uri') ?? '')
    asked.pathname = aliases[asked.pathname] ?? asked.pathname
    return emulator.app.fetch(new Request(asked, request))
  }
  const server = serve({ fetch: fetchAliased, port, hostname: '127.0.0.1' })

  const consent = async (address: string): Promise<string> => {
    const fields = Object.fromEntries(new URL(address).searchParams)
    const answer = await fetch(`${url}o/oauth2/v2/auth/callback`, {
      method: 'POST',
      redirect: 'manual',
      body: new URLSearchParams({ ...fields, email: EMULATED }),
    })
    return answer.headers.get('location') ?? ''
  }
  const signIn = async (): Promise<{ refresh_token: string; access_token: string }> => {
    const verifier = randomBytes(32).toString('base64url')
    const answer = await fetch(`${url}o/oauth2/v2/auth/callback`, {
      method: 'POST',
      redirect: 'manual',
      body: new URLSearchParams({
        email: EMULATED,
        redirect_uri: REDIRECT,
        scope: 'https://www.googleapis.com/auth/gmail.readonly',
        state: 's',
        client_id: CLIENT.client_id,
        code_challenge: createHash('sha256').update(verifier).digest('base64url'),
        code_challenge_method: 'S256',
      }),
    })
    const code = new URL(answer.headers.get('location') ?? '').searchParams.get('code') ?? ''
    const tokens = await fetch(`${url}token`, {
      method: 'POST',
      body: new URLSearchParams({
        grant_type: 'authorization_code',
        code,
        code_verifier: verifier,
        redirect_uri: REDIRECT,
        ...CLIENT,
      }),
    })
    return (await tokens.json()) as { refresh_token: string; access_token: string }
  }
  const { access_token: own } = await signIn()
  return {
    url,
    signIn: async () => ({ type: 'authorized_user', ...CLIENT, refresh_token: (await signIn()).refresh_token }),
    consent,
    call: async (method, path, body) => {
      const answer = await fetch(`${url}gmail/v1/users/me/${path}`, {
        method,
        headers: { authorization: `Bearer ${own}`, 'content-type': 'application/json' },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      })
      if (!answer.ok) throw new Error(`${method} ${path} answered ${answer.status}`)
      const text = await answer.text()
      return text === '' ? {} : (JSON.parse(text) as Record<string, unknown>)
    },
    close: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve())
        if ('closeAllConnections' in server) server.closeAllConnections()
      }),
  }
}
