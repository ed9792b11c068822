#!/usr/bin/env node
// The command `mailtide`, as npm installs it. Plain JavaScript: an old Node must get far enough to be told that it is old.
import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import module, { createRequire } from 'node:module'
import { constants, homedir } from 'node:os'
import { isAbsolute, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const [major, minor] = process.versions.node.split('.').map(Number)

if (major > 22 || (major === 22 && minor >= 18)) {
  rememberCompiled()
  // In a clone the sources, which are never stale; as a package only the bundle is there.
  const source = new URL('../electron/cli/bin.ts', import.meta.url)
  await import(existsSync(source) ? source.href : new URL('../dist/main/cli.js', import.meta.url).href)
} else {
  const node = bundledNode()
  if (node === null) {
    console.error(`mailtide: Node 22.18 or newer is needed; this is Node ${process.versions.node}`)
    console.error('What to do: Install a newer Node (https://nodejs.org) and try again')
    process.exitCode = 1
  } else {
    runWith(node)
  }
}

/**
 * Keeps compiled code for the next time, which halves the time to an answer. In the user's own cache folder, since Node's usual place is
 * shared by all users of the computer. Where that cannot be written Node goes on without.
 */
function rememberCompiled() {
  const { env, platform } = process
  if (env.NODE_COMPILE_CACHE || env.NODE_DISABLE_COMPILE_CACHE) return
  let home = ''
  try {
    home = homedir()
  } catch {
    // A user without a name and without HOME, as in containers: it may have XDG_CACHE_HOME all the same.
  }
  const xdg = env.XDG_CACHE_HOME
  const folder = {
    darwin: join(home, 'Library', 'Caches'),
    win32: env.LOCALAPPDATA ?? join(home, 'AppData', 'Local'),
  }[platform]
  const cache = folder ?? (xdg && isAbsolute(xdg) ? xdg : join(home, '.cache'))
  if (isAbsolute(cache)) module.enableCompileCache(join(cache, 'mailtide', 'compiled'))
}

/** The Node that npm installed beside Mailtide, on the systems that have one. */
function bundledNode() {
  const system = process.platform === 'win32' ? 'win' : process.platform
  const file = process.platform === 'win32' ? 'bin/node.exe' : 'bin/node'
  try {
    return createRequire(import.meta.url).resolve(`node-${system}-${process.arch}/${file}`)
  } catch {
    return null
  }
}

/** Runs this command again with the other Node, handing signals down and the exit code up. */
function runWith(node) {
  const child = spawn(node, [fileURLToPath(import.meta.url), ...process.argv.slice(2)], { stdio: 'inherit' })
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal))
  child.on('error', (error) => {
    console.error(`mailtide: ${node} cannot be started: ${error.message}`)
    process.exitCode = 1
  })
  child.on('exit', (code, signal) => {
    process.exitCode = code ?? 128 + constants.signals[signal]
  })
}
