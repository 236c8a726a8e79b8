import jsQR from 'jsqr';
import sharp from 'sharp';
import { codeSvg, type PictureWish } from './svg.ts';

// Pictures are made beside everything else that the process does.
sharp.concurrency(1);
sharp.cache(false);

/** As PNG for print, so many pixels wide. */
export async function codePng(wish: PictureWish, width: number): Promise<Buffer> {
  return sharp(Buffer.from(codeSvg(wish)), { density: 72 })
    .resize({ width, kernel: 'nearest' })
    .png({ compressionLevel: 6, palette: wish.logo === undefined })
    .toBuffer();
}

const mostPixels = 40_000_000;

/** What the QR code in a picture says; undefined when none can be read. Photographs and screenshots are looked at smaller too. */
export async function readPicture(bytes: Buffer): Promise<string | undefined> {
  for (const width of [undefined, 800, 480, 1200]) {
    const image = sharp(bytes, { limitInputPixels: mostPixels, failOn: 'none' }).rotate().flatten({ background: '#fff' });
    const sized = width === undefined ? image : image.resize({ width });
    const { data, info } = await sized.ensureAlpha().raw().toBuffer({ resolveWithObject: true });
    const read = ask(new Uint8ClampedArray(data), info.width, info.height);
    if (read?.data) return read.data;
  }
  return undefined;
}

const ask = jsQR as unknown as (data: Uint8ClampedArray, width: number, height: number) => { data: string } | null;

/** A logo as it stands inside a code: square, small, without whatever else the file held. */
export async function logoOf(bytes: Buffer): Promise<string> {
  const png = await sharp(bytes, { limitInputPixels: mostPixels, density: 144 })
    .resize(160, 160, { fit: 'contain', background: '#fff' })
    .flatten({ background: '#fff' })
    .png({ palette: true })
    .toBuffer();
  return `data:image/png;base64,${png.toString('base64')}`;
}
