/** Says which Node runs the tests, so that a run under another version cannot pass unnoticed. */
export default function setup(): void {
  console.log(`Node ${process.version}`)
}
