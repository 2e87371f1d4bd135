// The texts of the QR codes in PNG files, as JSON, read by programs that know nothing of ours.
'use strict';
const { readFileSync } = require('node:fs');
const jsQR = require('jsqr');
const { PNG } = require('pngjs');

const texts = process.argv.slice(2).map((file) => {
    const image = PNG.sync.read(readFileSync(file));
    const found = jsQR(new Uint8ClampedArray(image.data), image.width, image.height);
    if (found === null) {
        throw new Error(`no QR code is seen in ${file}`);
    }
    return Buffer.from(found.binaryData).toString('utf8');
});
console.log(JSON.stringify(texts));
