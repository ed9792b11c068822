/**
 * Stands for mksquashfs, which electron-builder fetches from GitHub: the folder becomes a tar file instead, behind as many bytes as are to be
 * left for AppImage's runtime.
 */
import { execFileSync } from 'node:child_process'
import { closeSync, openSync, writeSync } from 'node:fs'
import { parseArgs } from 'node:util'

// mksquashfs has one dash where everybody has two.
const words = process.argv.slice(2).map((word) => (/^-\w/.test(word) ? `-${word}` : word))
const { values, positionals } = parseArgs({
  args: words,
  allowPositionals: true,
  options: {
    offset: { type: 'string' },
    comp: { type: 'string' },
    'all-root': { type: 'boolean' },
    noappend: { type: 'boolean' },
    'no-progress': { type: 'boolean' },
    quiet: { type: 'boolean' },
    'no-xattrs': { type: 'boolean' },
    'no-fragments': { type: 'boolean' },
  },
})
const [folder, output] = positionals
if (folder === undefined || output === undefined) throw new Error('mksquashfs was not told from where to where')

const file = openSync(output, 'w')
writeSync(file, Buffer.alloc(Number(values.offset ?? 0)))
execFileSync('tar', ['--create', '--directory', folder, '.'], { stdio: ['ignore', file, 'inherit'] })
closeSync(file)
