// `npm start`: the desktop app where Electron and a display are, else the service without a window. Words after `--` are the app's, or `run`'s.
import { join } from 'node:path'
import { electronBinary, hasDisplay } from './electron-binary.ts'
import { runProgram } from './run-program.ts'

const root = join(import.meta.dirname, '..')
const inModules = (path: string): string => join(root, 'node_modules', path)
const words = process.argv.slice(2)

/** The program, fetched first where there is a display to use it on; null, with the reason told, when the desktop app cannot be. */
async function findElectron(): Promise<string | null> {
  if (!hasDisplay(process.platform, process.env)) {
    console.error('There is no display for the desktop app: the service runs without a window.')
    return null
  }
  const there = electronBinary(root, process.env)
  if (there !== null) return there
  console.error('Fetching Electron, once (about 110 MB)…')
  const code = await runProgram(process.execPath, [inModules('electron/install.js')])
  if (code > 128) process.exit(code) // Whoever cuts the download off wants nothing else instead.
  const fetched = code === 0 ? electronBinary(root, process.env) : null
  if (fetched === null) {
    console.error(
      'Electron could not be fetched (npx install-electron tries again): the service runs without a window.',
    )
  }
  return fetched
}

const electron = await findElectron()
if (electron === null) {
  process.exitCode = await runProgram(process.execPath, [join(root, 'build', 'mailtide.mjs'), 'run', ...words])
} else {
  const built = await runProgram(process.execPath, [
    inModules('vite/bin/vite.js'),
    'build',
    '--app',
    '--logLevel',
    'warn',
  ])
  process.exitCode = built === 0 ? await runProgram(electron, [root, ...words]) : built
}
