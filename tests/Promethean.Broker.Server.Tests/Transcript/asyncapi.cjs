'use strict';
// Reads the AsyncAPI document at argv[2] with the parser of the specification's own project, and tells what it found.

const { readFileSync } = require('node:fs');
const { Parser } = require('@asyncapi/parser');

(async () => {
  const { document, diagnostics } = await new Parser().parse(readFileSync(process.argv[2], 'utf8'));
  if (document) {
    console.log(`received operations: ${document.operations().filterByReceive().length}`);
    console.log(`messages: ${document.channels().get('broker').messages().length}`);
  }

  // Severities: 0 error, 1 warning, 2 information, 3 hint. The last two are matters of taste, such as tags.
  const findings = diagnostics.filter(one => one.severity <= 1);
  console.log(`findings: ${findings.length}`);
  for (const one of findings) {
    console.log(`${one.code} at ${one.path.join('/')}: ${one.message}`);
  }
})();
