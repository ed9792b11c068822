import { testExamplesOf } from '../run-examples.ts'

testExamplesOf('docs/command-line.md')
