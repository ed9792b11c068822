import { execFileSync, spawnSync } from 'node:child_process'
import { X509Certificate } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, get } from 'node:https'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as tls from 'node:tls'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { trustOwnAuthorities } from '../../electron/desktop/certificates.ts'

const folder = mkdtempSync(join(tmpdir(), 'mailtide-certificates-'))
const certificate = join(folder, 'own.pem')
const key = join(folder, 'own.key')
const before = tls.getCACertificates('default')
const ignore = (): void => undefined
const hasOpenssl = spawnSync('openssl', ['version']).status === 0

beforeAll(() => {
  if (!hasOpenssl) return
  const names = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost']
  const made = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-keyout', key, '-out', certificate]
  execFileSync('openssl', ['req', '-x509', '-days', '2', ...made, ...names], { stdio: 'ignore' })
})
afterEach(() => tls.setDefaultCACertificates(before))
afterAll(() => rmSync(folder, { recursive: true }))

const fingerprint = (pem: string): string => new X509Certificate(pem).fingerprint256

/** What comes of a request to a server that shows the certificate: its answer, or the code of the failure. */
async function ask(): Promise<string> {
  const server = createServer({ cert: readFileSync(certificate), key: readFileSync(key) }, (_request, response) =>
    response.end('answered'),
  )
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  try {
    return await new Promise<string>((resolve) => {
      get({ host: '127.0.0.1', servername: 'localhost', port, agent: false }, (response) => {
        response.setEncoding('utf8').on('data', resolve)
      }).on('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message))
    })
  } finally {
    server.close()
  }
}

describe.skipIf(!hasOpenssl)('the authorities that the app trusts (needs openssl)', () => {
  it('do not include one that nobody named', async () => {
    trustOwnAuthorities({}, ignore)
    expect(await ask()).toBe('DEPTH_ZERO_SELF_SIGNED_CERT')
  })

  it('include those of NODE_EXTRA_CA_CERTS, of the system, and all that were there', async () => {
    trustOwnAuthorities({ NODE_EXTRA_CA_CERTS: certificate }, ignore)
    expect(await ask()).toBe('answered')
    const trusted = new Set(tls.getCACertificates('default').map(fingerprint))
    for (const known of [...before, ...tls.getCACertificates('system')]) expect(trusted).toContain(fingerprint(known))
  })

  it('are the usual ones where the file cannot be read or holds none, and the log says so', async () => {
    const said: string[] = []
    const warn = (message: string): void => void said.push(message)
    trustOwnAuthorities({ NODE_EXTRA_CA_CERTS: join(folder, 'gone.pem') }, warn)
    expect(said).toEqual([expect.stringMatching(/^NODE_EXTRA_CA_CERTS cannot be read: ENOENT/)])
    writeFileSync(join(folder, 'rubbish.pem'), 'rubbish\n-----BEGIN CERTIFICATE-----\nnot base64\n')
    trustOwnAuthorities({ NODE_EXTRA_CA_CERTS: join(folder, 'rubbish.pem') }, warn)
    expect(said).toHaveLength(1)
    expect(await ask()).toBe('DEPTH_ZERO_SELF_SIGNED_CERT')
  })
})
