import { testExamplesOf } from '../run-examples.ts'

testExamplesOf('docs/running.md')
