/**
 * Binary frames: "NPF1", the header's length, a JSON header, then the arrays, each starting at a multiple of 8.
 * Decoding copies nothing: the typed arrays lie on the buffer that came.
 *
 * @typedef {Int8Array|Uint8Array|Int16Array|Uint16Array|Int32Array|Uint32Array|Float32Array|Float64Array} Numbers
 * @typedef {Numbers & {shape: number[]}} Tensor
 * @typedef {{key: string, probe: string, meta: Record<string, any>, arrays: Record<string, Tensor>,
 *   step: number, epoch: number}} Part
 * @typedef {{seq: number, step: number, epoch: number, time: number, re: number|null, parts: Part[]}} Frame
 */

export const MAGIC = "NPF1";

const TYPES = {
  int8: Int8Array, uint8: Uint8Array, int16: Int16Array, uint16: Uint16Array,
  int32: Int32Array, uint32: Uint32Array, float32: Float32Array, float64: Float64Array,
};

/** A frame that is not what the protocol promises. */
export class FrameError extends Error {
  name = "FrameError";
}

/**
 * @param {ArrayBuffer} buffer
 * @returns {Frame}
 */
export function decode(buffer) {
  if (buffer.byteLength < 8) throw new FrameError(`a frame has at least 8 bytes, this one has ${buffer.byteLength}`);
  const bytes = new Uint8Array(buffer, 0, 4);
  const magic = String.fromCharCode(...bytes);
  if (magic !== MAGIC) {
    const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join(" ");
    throw new FrameError(`expected a frame starting with "${MAGIC}", found ${JSON.stringify(magic)} (${hex})`);
  }
  const length = new DataView(buffer).getUint32(4, true);
  const payload = 8 + length;
  if (payload > buffer.byteLength) {
    throw new FrameError(`the header should be ${length} bytes long, but only ${buffer.byteLength - 8} came`);
  }
  const header = parseHeader(new Uint8Array(buffer, 8, length));
  if (header.parts.some((/** @type {any} */ part) => Object.keys(part.arrays ?? {}).length) && payload % 8) {
    throw new FrameError(`the arrays should start at a multiple of 8, found ${payload}`);
  }
  const { step, epoch } = header;
  const parts = header.parts.map((/** @type {any} */ part) => {
    /** @type {Record<string, Tensor>} */
    const arrays = {};
    for (const [name, about] of Object.entries(part.arrays ?? {})) {
      arrays[name] = view(buffer, payload, `${part.key}.${name}`, /** @type {any} */ (about));
    }
    return { key: part.key, probe: part.probe, meta: part.meta ?? {}, arrays, step, epoch };
  });
  return { ...header, parts };
}

/** @param {Uint8Array} bytes */
function parseHeader(bytes) {
  let header;
  try {
    header = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch (error) {
    throw new FrameError(`the frame's header is no JSON: ${/** @type {Error} */ (error).message}`);
  }
  if (typeof header?.seq !== "number" || !Array.isArray(header.parts)) {
    throw new FrameError("the frame's header needs a number `seq` and a list `parts`");
  }
  return header;
}

/**
 * @param {ArrayBuffer} buffer
 * @param {number} payload where the arrays start
 * @param {string} name for the error only
 * @param {{dtype: string, shape: number[], offset: number}} about
 * @returns {Tensor}
 */
function view(buffer, payload, name, { dtype, shape, offset }) {
  const Type = TYPES[/** @type {keyof typeof TYPES} */ (dtype)];
  if (!Type) throw new FrameError(`${name}: unknown dtype ${JSON.stringify(dtype)}, expected one of ${Object.keys(TYPES).join(", ")}`);
  const size = shape.reduce((product, n) => product * n, 1);
  const start = payload + offset;
  if (!Number.isInteger(size) || size < 0 || !(offset >= 0) || start % 8) {
    throw new FrameError(`${name}: a shape of [${shape}] at offset ${offset} is not possible`);
  }
  const end = start + size * Type.BYTES_PER_ELEMENT;
  if (end > buffer.byteLength) {
    throw new FrameError(`${name}: needs ${end} bytes, the frame has ${buffer.byteLength}`);
  }
  return Object.assign(new Type(buffer, start, size), { shape });
}
