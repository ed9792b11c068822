import { testExamplesOf } from '../run-examples.ts'

testExamplesOf('docs/monitoring.md')
