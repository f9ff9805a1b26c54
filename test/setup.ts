// Every test file says which Node ran it, so that a run under another version cannot pass unnoticed.
console.log(`Node ${process.version}`)
