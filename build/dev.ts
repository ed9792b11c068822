/**
 * `npm run dev`: the product while it is being worked on, on a simulated Gmail. The service starts anew at each change of its sources, and the
 * window is a page that follows every change of its own: open the address that is printed. With `npm run dev -- --desktop` it is the
 * desktop app instead, built and started anew at each change.
 */
import { spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import type { ClientRequest, IncomingMessage } from 'node:http'
import { dirname, join } from 'node:path'
import { createBuilder, createServer } from 'vite'
import { dataFolder, dataPaths, userHome } from '../electron/platform/data-folder.ts'
import { electronBinary } from './electron-binary.ts'
import { restarter } from './restarter.ts'

const root = join(import.meta.dirname, '..')
const configFile = join(root, 'vite.config.ts')
const PAGE_PORT = 5173
const servicePort = process.env['MAILTIDE_PORT'] ?? '8000'

if (process.argv.includes('--desktop')) await desktop()
else await page()

async function page(): Promise<void> {
  const home = dataFolder({ env: process.env, platform: process.platform, home: userHome() })
  // Where the demo keeps its data, which is the service that is worked on here.
  const { apiToken } = dataPaths(join(dirname(home), 'mailtide-demo'))
  const own = `http://127.0.0.1:${PAGE_PORT}`
  /** The page is served from another port than the API, which refuses the pages of others: ours alone becomes one of its own. */
  const adopt = (request: ClientRequest, { headers }: IncomingMessage): void => {
    if (headers.origin !== undefined && headers.origin !== own) return
    request.removeHeader('origin')
    if (headers['sec-fetch-site'] === 'same-origin') request.setHeader('authorization', `Bearer ${token(apiToken)}`)
  }
  const proxy = {
    target: `http://127.0.0.1:${servicePort}`,
    changeOrigin: true,
    configure: (server: { on(event: 'proxyReq', listener: typeof adopt): void }) => server.on('proxyReq', adopt),
  }
  const service = spawn(process.execPath, ['--watch', join(root, 'electron', 'demo', 'main.ts')], {
    stdio: 'inherit',
    env: { ...process.env, MAILTIDE_PORT: servicePort },
  })
  const server = await createServer({
    configFile,
    server: {
      host: '127.0.0.1',
      port: PAGE_PORT,
      strictPort: true,
      proxy: { '/api': proxy, '/health': proxy, '/metrics': proxy, '/openapi.json': proxy },
    },
  })
  await server.listen()
  server.printUrls()
  const end = (): void => {
    service.kill('SIGINT')
    void server.close()
  }
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, end)
  service.once('exit', (code) => {
    process.exitCode = code ?? 1
    void server.close()
  })
}

/** There is none before the service has started for the first time. */
function token(path: string): string {
  try {
    return readFileSync(path, 'utf8').trim()
  } catch {
    return ''
  }
}

async function desktop(): Promise<void> {
  const electron = electronBinary(root, process.env)
  if (electron === null) {
    console.error('Electron is not here. Fetch it with: npx install-electron')
    process.exitCode = 1
    return
  }
  const app = restarter(electron, [root])
  const builder = await createBuilder({ configFile, logLevel: 'warn', build: { watch: {} } })
  const unbuilt = new Set(Object.keys(builder.environments))
  for (const [name, environment] of Object.entries(builder.environments)) {
    const watcher = await builder.build(environment)
    if (!('on' in watcher)) throw new Error(`${name} is not watched`)
    watcher.on('event', (event) => {
      if (event.code !== 'END') return
      unbuilt.delete(name)
      // The first time all three are needed; after that each change is one.
      if (unbuilt.size === 0) app.restart()
    })
  }
}
