// The text of the QR code in a PNG file, read by programs that know nothing of ours.
'use strict';
const { readFileSync } = require('node:fs');
const jsQR = require('jsqr');
const { PNG } = require('pngjs');

const image = PNG.sync.read(readFileSync(process.argv[2]));
const found = jsQR(new Uint8ClampedArray(image.data), image.width, image.height);
if (found === null) {
    throw new Error('no QR code is seen');
}
process.stdout.write(Buffer.from(found.binaryData));
