import { BaseSequencer, type TestSpecification } from 'vitest/node'

/** Where whole programs run: their files are small, and by size they would come last, one after another beside idle processors. */
const wholePrograms = /\/test\/(?:docs\/examples|e2e|packaging|cli|scenarios)\//

const rank = ({ moduleId }: TestSpecification): number => (wholePrograms.test(moduleId) ? 0 : 1)

/** The files that take longest come first; among their like in the order of Vitest. */
export class WholeProgramsFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    return (await super.sort(files)).toSorted((a, b) => rank(a) - rank(b))
  }
}
