import { afterAll } from 'vitest'
import { removeFolders } from './temp-folder.ts'

// Runs before each test file, so that this comes after everything that the file does at its own end.
afterAll(removeFolders)
