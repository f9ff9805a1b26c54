// Starts a program under guard and says its process ids: killed by the test at any moment.
import { startGuarded } from '../dist/engines/process/guard.js'

const [log, ...words] = process.argv.slice(2)
const { pid, guardPid } = await startGuarded({ words, env: {} }, log, 300)
console.log(JSON.stringify({ pid, guardPid }))
setInterval(() => {}, 1000)
