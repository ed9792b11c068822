import { availableParallelism, tmpdir } from 'node:os'
import { join } from 'node:path'
import { defineConfig } from 'vitest/config'
import { WholeProgramsFirst } from './test/support/whole-programs-first.ts'

// Hundreds of processes and threads load the product, and spend most of their first second compiling it.
process.env['NODE_COMPILE_CACHE'] ??= join(tmpdir(), 'mailtide-compiled')

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    exclude: ['test/bench/**', 'test/soak/**', 'node_modules/**'],
    setupFiles: ['test/support/leave-nothing.ts', 'test/support/watch-logs.ts'],
    pool: 'forks',
    // Two more than processors, since tests wait for disks and timers; each may hold a database and a browser in memory.
    maxWorkers: Math.min(availableParallelism() + 2, 6),
    sequence: { sequencer: WholeProgramsFirst },
    testTimeout: 60_000,
    hookTimeout: 120_000,
    // What is waited for comes at once where nothing else runs, and late where much does.
    expect: { poll: { timeout: 20_000 } },
    reporters: process.env['CI'] ? ['default', ['json', { outputFile: 'coverage/tests.json' }]] : ['default'],
  },
})
