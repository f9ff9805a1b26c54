// Closing line of CI from vitest's JSON. A skipped test is a part that CI should have installed: it fails.
import { readFileSync } from 'node:fs'

const results = JSON.parse(readFileSync(process.argv[2], 'utf8'))
const skipped = results.testResults
  .flatMap((file) => file.assertionResults)
  .filter((test) => test.status !== 'passed' && test.status !== 'failed')
for (const file of results.testResults) {
  for (const test of file.assertionResults) {
    if (test.status === 'failed')
      console.log(`failed: ${test.fullName}\n${test.failureMessages.join('\n').slice(0, 1500)}`)
  }
}
for (const test of skipped) console.log(`skipped in CI: ${test.fullName}`)
const failed =
  results.numFailedTests +
  skipped.length +
  (results.numFailedTestSuites > 0 && results.numFailedTests === 0 ? 1 : 0)
console.log(`${results.numPassedTests} passed, ${failed} failed`)
process.exitCode = failed === 0 && results.numPassedTests > 0 ? 0 : 1
