import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { PGliteOptions } from '@electric-sql/pglite'

// The compiler's library for Node has no WebAssembly
declare const WebAssembly: {
  compile(bytes: Uint8Array): Promise<NonNullable<PGliteOptions['pgliteWasmModule']>>
}

/** PGlite's files from a folder of ours, for a bundled product that has no node_modules. */
export async function loadAssets(folder: string): Promise<PGliteOptions> {
  const compile = async (name: string) => WebAssembly.compile(await readFile(join(folder, name)))
  const [pgliteWasmModule, initdbWasmModule, data] = await Promise.all([
    compile('pglite.wasm'),
    compile('initdb.wasm'),
    readFile(join(folder, 'pglite.data')),
  ])
  const unaccent = pathToFileURL(join(folder, 'unaccent.tar.gz'))
  return { pgliteWasmModule, initdbWasmModule, fsBundle: new Blob([data]), extensions: { unaccent } }
}
