// What a bench says on stderr while it runs.
const startedNs = process.hrtime.bigint()

export function progress(line) {
  const s = Number(process.hrtime.bigint() - startedNs) / 1e9
  process.stderr.write(`[${s.toFixed(0).padStart(5)} s] ${line}\n`)
}
