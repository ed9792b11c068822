import { testExamplesOf } from '../run-examples.ts'

testExamplesOf('docs/http-api.md')
