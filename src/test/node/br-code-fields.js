// What pix-utils, which knows nothing of ours, reads in BR Codes, as JSON.
'use strict';
const { hasError, parsePix } = require('pix-utils');

const codes = process.argv.slice(2).map((text) => {
    const code = parsePix(text);
    if (hasError(code)) {
        throw new Error(`${code.message}: ${text}`);
    }
    return code;
});
console.log(JSON.stringify(codes));
