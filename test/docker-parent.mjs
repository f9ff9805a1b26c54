// Starts a container under guard and stays: killed by the test at any moment.
import { launch } from '../dist/engines/process/launch.js'
import { dockerRecipe } from './docker-recipe.mjs'

const [logFile] = process.argv.slice(2)
await launch(dockerRecipe, { model: 'm', runtime: 'docker' }, { logFile, progress() {} })
setInterval(() => {}, 1000)
