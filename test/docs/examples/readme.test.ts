import { testExamplesOf } from '../run-examples.ts'

testExamplesOf('README.md')
